// Arithmetic on rows of a flat float32 matrix, and the layout of an encoder row.
/** [unit-length sentence embedding | side features]; similarity is computed on the first part. */
export interface RowShape {
  /** Length of a whole row. */
  dimensions: number
  /** Length of the embedding at its beginning, at most `dimensions`. */
  searchDimensions: number
}

/** Dot product of `a` at offset `aAt` with `b` at offset `bAt`, over `length` numbers. */
export const dot = (
  a: Float32Array,
  aAt: number,
  b: Float32Array,
  bAt: number,
  length: number,
): number => {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let i = 0
  for (; i + 3 < length; i += 4) {
    s0 += (a[aAt + i] as number) * (b[bAt + i] as number)
    s1 += (a[aAt + i + 1] as number) * (b[bAt + i + 1] as number)
    s2 += (a[aAt + i + 2] as number) * (b[bAt + i + 2] as number)
    s3 += (a[aAt + i + 3] as number) * (b[bAt + i + 3] as number)
  }
  for (; i < length; i++) s0 += (a[aAt + i] as number) * (b[bAt + i] as number)
  return s0 + s1 + s2 + s3
}

/** Scales the row at `at` to length 1; a zero row stays zero. */
export const normaliseRow = (rows: Float32Array, at: number, length: number): void => {
  const norm = Math.sqrt(dot(rows, at, rows, at, length))
  if (norm === 0) return
  for (let i = at; i < at + length; i++) rows[i] = (rows[i] as number) / norm
}

/** Softmax of `logits / temperature`, stable under large values. */
export const softmax = (logits: ArrayLike<number>, temperature: number): number[] => {
  let max = Number.NEGATIVE_INFINITY
  for (let i = 0; i < logits.length; i++) max = Math.max(max, logits[i] as number)
  const out = Array.from(logits, (logit) => Math.exp((logit - max) / temperature))
  const sum = out.reduce((total, value) => total + value, 0)
  return out.map((value) => value / sum)
}
