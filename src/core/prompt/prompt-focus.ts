// Long prompts state the task at their ends, and hold passages, examples, rules or options in between, so only beginning and end are
// classified. Decided by length alone, so it works in any language.
import { endOfTokens, estimateTokens, startOfTokens } from './token-estimate.ts'

/** About 50 and 40 English words. */
const HEAD_TOKENS = 66
const TAIL_TOKENS = 53
/** Prompts of at most this many tokens are not cut. */
const MOST_TOKENS = 132
/** Characters at the end in which the last tokens are searched. */
const TAIL_CHARS = 1_200

/** `text` itself where it is short, else its beginning and its end. */
export const focusOn = (text: string): { text: string; isFocused: boolean } => {
  if (estimateTokens(text, MOST_TOKENS) <= MOST_TOKENS) return { text, isFocused: false }
  const head = text.slice(0, atBlank(text, endOfTokens(text, HEAD_TOKENS)))
  const end = text.slice(Math.max(head.length, text.length - TAIL_CHARS)).toWellFormed()
  const tail = end.slice(startOfTokens(end, TAIL_TOKENS))
  return { text: `${head.toWellFormed().trimEnd()}\n…\n${tail.trim()}`.trim(), isFocused: true }
}

const MOST_WORD = 40

/** Position of the space at or before `at`, so that no word is cut; `at` itself in scripts without spaces. */
const atBlank = (text: string, at: number): number => {
  for (let i = at; i > at - MOST_WORD && i > 0; i--) if (/\s/.test(text.charAt(i))) return i
  return at
}
