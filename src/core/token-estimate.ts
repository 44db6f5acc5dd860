// How many tokens a text will have, without the tokenizer: what is cut must be known before the text goes to the encoder.
// Errs upwards, so that nothing is cut unflagged: WordPiece of an English vocabulary takes one token for about 4.7
// characters of English, 3 of German, 1.5 of code, and one or more for every letter of most other scripts.

const PIECE = /[A-Za-z]+|\d+|\s+|[\uac00-\ud7a3]|[\s\S]/gu
const USUAL_WORD = 7
const LETTERS_PER_PIECE = 3
const DIGITS_PER_PIECE = 2

const tokensOf = (piece: string): number => {
  const code = piece.codePointAt(0) as number
  if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) {
    return 1 + Math.ceil(Math.max(0, piece.length - USUAL_WORD) / LETTERS_PER_PIECE)
  }
  if (code >= 48 && code <= 57) return Math.ceil(piece.length / DIGITS_PER_PIECE)
  if (code >= 0xac00 && code <= 0xd7a3) return 2
  return piece.trim() === '' ? 0 : 1
}

/** Estimated tokens of `text`; counting stops once there are more than `limit`. */
export const estimateTokens = (text: string, limit = Number.POSITIVE_INFINITY): number => {
  let tokens = 0
  for (const [piece] of text.matchAll(PIECE)) {
    tokens += tokensOf(piece)
    if (tokens > limit) break
  }
  return tokens
}

/** End of the longest start of `text` that has at most `limit` tokens, in UTF-16 units; reads no further than that. */
export const endOfTokens = (text: string, limit: number): number => {
  let tokens = 0
  for (const match of text.matchAll(PIECE)) {
    tokens += tokensOf(match[0])
    if (tokens > limit) return match.index
  }
  return text.length
}

/** Start of the longest end of `text` that has at most `limit` tokens. Reads all of `text`. */
export const startOfTokens = (text: string, limit: number): number => {
  const pieces = [...text.matchAll(PIECE)]
  let tokens = 0
  for (let i = pieces.length - 1; i >= 0; i--) {
    const match = pieces[i] as RegExpExecArray
    tokens += tokensOf(match[0])
    if (tokens > limit) return match.index + match[0].length
  }
  return 0
}
