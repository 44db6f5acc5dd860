// Turns exemplars, held-out rows and test rows into routing text exactly as prompts, so that their vectors are comparable.
import { createHash } from 'node:crypto'
import { routingTextOf } from '../../core/prompt/prompt.ts'

/** The text to embed, and whether it has anything to classify. */
export type Shape = (text: string) => { text: string; hasSignal: boolean }

/** @param maxChars `encoder.max_chars`, the limit of prompts */
export const createShape =
  (maxChars: number): Shape =>
  (text) =>
    routingTextOf(text, {
      maxChars,
      digest: (shaped) => createHash('sha256').update(shaped).digest('hex'),
    })
