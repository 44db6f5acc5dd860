// Cuts a text to the encoder's input size. Longer texts keep head, middle and tail, because instructions stand at an end, and
// prompts with the same beginning must not become equal.
import { endOfTokens, estimateTokens, startOfTokens } from './token-estimate.ts'

/** Characters of an average English token: a budget of `maxChars` is `maxChars / 4` tokens. */
const CHARS_PER_TOKEN = 4
const JOINT = '\n…\n'
const HEAD_SHARE = 0.4
const MIDDLE_SHARE = 0.2

/** Half of a surrogate pair at a cut is dropped by `toWellFormed` and trimmed away here. */
const tidy = (piece: string): string => piece.toWellFormed().replaceAll('\ufffd', '').trim()

/**
 * `text` itself where it has at most `maxChars` characters and an estimated `maxChars / 4` tokens, else 40 % of that
 * from its head, 20 % around its middle and 40 % from its tail. Time is linear in `maxChars`, not in `text`.
 */
export const cutToBudget = (
  text: string,
  maxChars: number,
): { text: string; isTruncated: boolean } => {
  const maxTokens = Math.floor(maxChars / CHARS_PER_TOKEN)
  const isWithin = text.length <= maxChars && estimateTokens(text, maxTokens) <= maxTokens
  if (isWithin) return { text, isTruncated: false }
  const chars = maxChars - 2 * JOINT.length
  const headChars = Math.floor(chars * HEAD_SHARE)
  const middleChars = Math.floor(chars * MIDDLE_SHARE)
  const tokensOf = (share: number) => Math.floor(maxTokens * share)
  const start = text.slice(0, headChars)
  const head = start.slice(0, endOfTokens(start, tokensOf(HEAD_SHARE)))
  const end = text.slice(Math.max(head.length, text.length - (chars - headChars - middleChars)))
  const tail = end.slice(startOfTokens(end, tokensOf(1 - HEAD_SHARE - MIDDLE_SHARE)))
  const rest = text.length - head.length - tail.length
  const from = head.length + Math.max(0, Math.floor((rest - middleChars) / 2))
  const around = text.slice(from, Math.min(from + middleChars, text.length - tail.length))
  const middle = around.slice(0, endOfTokens(around, tokensOf(MIDDLE_SHARE)))
  const pieces = [head, middle, tail].map(tidy).filter((piece) => piece !== '')
  return { text: pieces.join(JOINT), isTruncated: true }
}
