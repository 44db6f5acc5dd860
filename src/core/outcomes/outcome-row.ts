// The feature row of the outcome model: the encoder's row, followed by counts of the text. Long, numeric and formal prompts cost
// more to answer, and embeddings hold little about length.
import type { Matrix } from '../linear/matrix.ts'
import { rowOf } from '../linear/matrix.ts'

/** Number of counts of a text. */
export const TEXT_COUNTS = 8

const FORMAL = new Set('\\_^{}=$+-*/<>()[]|')

/** One pass over the text. */
export const textCounts = (text: string): Float32Array => {
  const counts = { digits: 0, numbers: 0, words: 0, formal: 0, lines: 0, capitals: 0, foreign: 0 }
  let last = ''
  for (const char of text) {
    const isDigit = char >= '0' && char <= '9'
    const wasDigit = last >= '0' && last <= '9'
    if (isDigit) counts.digits++
    if (isDigit && !wasDigit) counts.numbers++
    if (char > ' ' && last <= ' ') counts.words++
    if (FORMAL.has(char)) counts.formal++
    if (char === '\n') counts.lines++
    if (char >= 'A' && char <= 'Z') counts.capitals++
    if (char > '\u007f') counts.foreign++
    last = char
  }
  const share = (count: number): number => count / Math.max(1, text.length)
  return Float32Array.of(
    Math.log1p(text.length),
    Math.log1p(counts.words),
    Math.log1p(counts.numbers),
    Math.log1p(counts.lines),
    share(counts.digits),
    share(counts.formal),
    share(counts.capitals),
    share(counts.foreign),
  )
}

/** One prompt: the encoder's row, and the counts of its text behind it. */
export const outcomeRow = (row: Float32Array, counts: ArrayLike<number>): Float32Array => {
  const whole = new Float32Array(row.length + TEXT_COUNTS)
  whole.set(row)
  whole.set(counts, row.length)
  return whole
}

/** @param rows the encoder's, one for each text @returns rows for `fitOutcomeModel` and `estimateOutcomes` */
export const outcomeRows = (rows: Matrix, texts: readonly string[]): Matrix => {
  const cols = rows.cols + TEXT_COUNTS
  const data = new Float32Array(rows.rows * cols)
  for (let i = 0; i < rows.rows; i++) {
    data.set(rowOf(rows, i), i * cols)
    data.set(textCounts(texts[i] ?? ''), i * cols + rows.cols)
  }
  return { rows: rows.rows, cols, data }
}
