// What is wanted stands at the ends of a long prompt, what it is wanted with in between: passages, examples, rules, options. So
// of a long one beginning and end are classified. Works by length alone, so in any language.
import { endOfTokens, estimateTokens, startOfTokens } from './token-estimate.ts'

/** About 50 and 40 English words. */
const HEAD_TOKENS = 66
const TAIL_TOKENS = 53
/** Cutting a prompt that is hardly longer than that would only tear it. */
const MOST_TOKENS = 132
/** The last tokens are looked for in so many characters. */
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

/** The blank at or before `at`, so that no word is torn; `at` itself where words are not spaced. */
const atBlank = (text: string, at: number): number => {
  for (let i = at; i > at - MOST_WORD && i > 0; i--) if (/\s/.test(text.charAt(i))) return i
  return at
}
