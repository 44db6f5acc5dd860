// A request's messages → the routing text: the text that is classified. Only the last human turn counts; system prompts, tool
// schemas, tool results and earlier answers never do.

import { plainLetters } from '../normalise.ts'
import type { RoutingText } from '../types.ts'
import { cutToBudget } from './prompt-budget.ts'
import { cleanPrompt } from './prompt-cleaning.ts'
import { type HumanTurn, humanTurns, type PromptMessage } from './prompt-turns.ts'

export { messageText, type PromptMessage } from './prompt-turns.ts'

export interface RoutingTextOptions {
  /** Limit in characters; the limit in tokens is a quarter of it. Longer prompts keep head, middle and tail. */
  maxChars: number
  /** sha256 as hex; an argument because core does no I/O. */
  digest: (text: string) => string
}

const ATTACHMENT_NOTES = new Map([
  ['image', '[an image is attached]'],
  ['file', '[a file is attached]'],
  ['audio', '[an audio recording is attached]'],
  ['video', '[a video is attached]'],
])

const hasLetterOrDigit = /[\p{L}\p{N}]/u

/**
 * The routing text of one human turn.
 * @returns `hasSignal` false where no letter or digit is left and nothing is attached; `isTruncated` where it was cut to
 * `maxChars`; `flags`: kinds of attachments, `harness`, `tool_result`, every kind of block that was shortened (`code`, `log`,
 * `table`, `data`, `quote`, `diff`, `blob`, `document`), `template` and `constraint` where these were left out, `long` where only
 * beginning and end are classified.
 */
export const routingTextOfTurn = (turn: HumanTurn, options: RoutingTextOptions): RoutingText => {
  const wellFormed = turn.text.replaceAll('\0', ' ').toWellFormed()
  const cleaned = cleanPrompt(plainLetters(wellFormed))
  const notes = turn.flags.flatMap((flag) => ATTACHMENT_NOTES.get(flag) ?? [])
  const whole = [cleaned.text, ...notes].filter((part) => part !== '').join('\n')
  const { text, isTruncated } = cutToBudget(whole, options.maxChars)
  return {
    text,
    digest: options.digest(text),
    isTruncated: isTruncated || !turn.isWhole || !cleaned.isWhole,
    hasSignal: hasLetterOrDigit.test(text),
    flags: [...turn.flags, ...cleaned.flags],
  }
}

const NO_TURN: HumanTurn = { text: '', flags: [], isWhole: true }

/** The routing text of a conversation: that of its last human turn. */
export const routingText = (
  messages: readonly PromptMessage[],
  options: RoutingTextOptions,
): RoutingText => routingTextOfTurn(humanTurns(messages, 1)[0] ?? NO_TURN, options)

/** Routing text of a single prompt; exemplars are processed in the same way. */
export const routingTextOf = (text: string, options: RoutingTextOptions): RoutingText =>
  routingText([{ role: 'user', content: text }], options)
