// A text of more tokens than the model reads → up to three windows of equal length, embedded one by one and pooled into
// one row. Pure; transformers.ts runs it inside one call, so that a long prompt stays one round trip.
import { endOfTokens, estimateTokens, startOfTokens } from '../core/prompt/token-estimate.ts'

export interface WindowOptions {
  /** Tokens that the model reads of one text, its own special tokens included. */
  maxTokens: number
  /** Of a text, without special tokens; asked only where an estimate leaves it open. */
  countTokens: (text: string) => number
}

export const MOST_WINDOWS = 3
/** [CLS] and [SEP]. */
const SPECIAL_TOKENS = 2
/** The estimate may be this much too low (token-estimate.ts). */
const ESTIMATE_ERROR = 2
/** What one part of a text may hold more than the rest of it, per estimated token. */
const UNEVENNESS = 1.15

/** The end of the window, moved back to where a word ends if one does in its last fifth. */
const endAtWord = (text: string, end: number): number => {
  if (end >= text.length) return text.length
  const at = Math.max(text.lastIndexOf(' ', end), text.lastIndexOf('\n', end))
  return at > end * 0.8 ? at : end
}

/** Estimated tokens of each window and of what it holds at most, scaled to what the tokenizer counts. */
const sizesOf = (estimate: number, tokens: number, readable: number) => {
  const most = Math.max(1, Math.floor((readable * estimate) / (tokens * UNEVENNESS)))
  return { most, share: Math.min(most, Math.ceil(estimate / MOST_WINDOWS)) }
}

/**
 * The windows that a text is embedded in: itself where it fits, else three of about a third of its tokens, so that the
 * cost of a text that barely does not fit stays that of one which does. A text of more than three full windows is read
 * at head, middle and tail; routing texts are cut before that, and flagged.
 */
export const windowsOf = (text: string, { maxTokens, countTokens }: WindowOptions): string[] => {
  const readable = maxTokens - SPECIAL_TOKENS
  const estimate = estimateTokens(text)
  if (estimate * ESTIMATE_ERROR <= readable) return [text]
  const tokens = countTokens(text)
  if (tokens <= readable) return [text]
  const { most, share } = sizesOf(estimate, tokens, readable)
  const windows: string[] = []
  let rest = text
  for (let left = MOST_WINDOWS; left > 0 && rest.trim() !== ''; left--) {
    const isLast = left === 1
    const from = rest.slice(isLast ? startOfTokens(rest, most) : skippedBefore(rest, share, left))
    const end = isLast ? from.length : endAtWord(from, endOfTokens(from, share))
    windows.push(from.slice(0, end).trim())
    rest = from.slice(end)
  }
  return windows.filter((window) => window !== '')
}

/** Characters to leave out before the next window, where the windows that are left cannot hold all of the rest. */
const skippedBefore = (rest: string, share: number, left: number): number => {
  if (left === MOST_WINDOWS) return 0
  const surplus = estimateTokens(rest) - left * share
  // What a word boundary moved into the next window is no surplus.
  return surplus > share * 0.25 ? endOfTokens(rest, Math.ceil(surplus / left)) : 0
}

/**
 * One row of several of the same length: their mean. The first `searchDimensions` numbers, the embedding, are brought
 * back to unit length; the rest, features of other layers, stay the mean that they are.
 */
export const poolRows = (rows: readonly Float32Array[], searchDimensions: number): Float32Array => {
  const [first] = rows
  if (first === undefined) return new Float32Array(0)
  if (rows.length === 1) return first
  const pooled = new Float32Array(first.length)
  for (const row of rows) {
    for (let i = 0; i < pooled.length; i++) pooled[i] = (pooled[i] as number) + (row[i] as number)
  }
  for (let i = 0; i < pooled.length; i++) pooled[i] = (pooled[i] as number) / rows.length
  let squares = 0
  for (let i = 0; i < searchDimensions; i++) squares += (pooled[i] as number) ** 2
  const length = Math.sqrt(squares)
  // Opposite unit rows cancel out; the first one is then as good as any.
  if (length < 1e-6) return first
  for (let i = 0; i < searchDimensions; i++) pooled[i] = (pooled[i] as number) / length
  return pooled
}
