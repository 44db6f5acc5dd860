// Rounds weights to int8 for the model build: −127 to 127, symmetric, the scale chosen from the largest magnitude.

/** Row-major matrix of `rows` × `columns`. */
export interface Matrix {
  rows: number
  columns: number
  data: Float32Array
}

export interface QuantisedMatrix {
  values: Int8Array
  /** One scale per column or per row: value ≈ int8 × scale. */
  scales: Float32Array
}

const LARGEST = 127

// Plain loops: the word table alone has 11.7 million values, too many for a callback each.
const quantise = ({ rows, columns, data }: Matrix, isByRow: boolean): QuantisedMatrix => {
  const scales = new Float32Array(isByRow ? rows : columns)
  const values = new Int8Array(data.length)
  for (let at = 0, row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const group = isByRow ? row : column
      const magnitude = Math.abs(data[at] as number)
      if (magnitude > (scales[group] as number)) scales[group] = magnitude
    }
  }
  for (let at = 0; at < scales.length; at++) scales[at] = (scales[at] as number) / LARGEST || 1
  for (let at = 0, row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const scale = scales[isByRow ? row : column] as number
      values[at] = Math.round((data[at] as number) / scale)
    }
  }
  return { values, scales }
}

/** One scale per column: what a matrix product needs, since a column makes one output channel. */
export const quantiseColumns = (matrix: Matrix): QuantisedMatrix => quantise(matrix, false)

/** One scale per row: what a lookup table needs. */
export const quantiseRows = (matrix: Matrix): QuantisedMatrix => quantise(matrix, true)

/** Scale and zero point of uint8 activations that lie between `low` and `high`. */
export const activationScale = (low: number, high: number): { scale: number; zero: number } => {
  const scale = (high - low) / 255
  return { scale, zero: Math.min(255, Math.max(0, Math.round(-low / scale))) }
}
