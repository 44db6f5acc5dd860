// Turns exemplars, held-out rows and test rows into routing text exactly as prompts are, so that their vectors compare.
import { createHash } from 'node:crypto'
import { routingTextOf } from '../../core/prompt/prompt.ts'

/** The text to embed, and whether anything in it says what it is about. */
export type Shape = (text: string) => { text: string; hasSignal: boolean }

/** @param maxChars `encoder.max_chars`, where prompts are cut too */
export const createShape =
  (maxChars: number): Shape =>
  (text) =>
    routingTextOf(text, {
      maxChars,
      digest: (shaped) => createHash('sha256').update(shaped).digest('hex'),
    })
