// A row-major float32 matrix, and selections of its rows and columns. Products are in simd/product.ts.

/** `data.length === rows * cols`. */
export interface Matrix {
  readonly rows: number
  readonly cols: number
  readonly data: Float32Array
}

export const rowOf = (m: Matrix, row: number): Float32Array =>
  m.data.subarray(row * m.cols, (row + 1) * m.cols)

/** `n` zeros that threads share: sent to one, they are not copied. */
export const sharedFloats = (n: number): Float32Array =>
  new Float32Array(new SharedArrayBuffer(n * Float32Array.BYTES_PER_ELEMENT))

/** The chosen rows, copied. */
export const takeRows = (m: Matrix, chosen: ArrayLike<number>): Matrix => {
  const data = new Float32Array(chosen.length * m.cols)
  for (let i = 0; i < chosen.length; i++) data.set(rowOf(m, chosen[i] as number), i * m.cols)
  return { rows: chosen.length, cols: m.cols, data }
}

/** The columns [from, to) of every row, copied. */
export const takeCols = (m: Matrix, from: number, to: number): Matrix => {
  const cols = to - from
  const data = new Float32Array(m.rows * cols)
  for (let i = 0; i < m.rows; i++) data.set(rowOf(m, i).subarray(from, to), i * cols)
  return { rows: m.rows, cols, data }
}

/** Rows as columns. */
export const transposed = ({ rows, cols, data }: Matrix): Matrix => {
  const out = new Float32Array(data.length)
  for (let at = 0; at < data.length; at++) {
    out[(at % cols) * rows + Math.floor(at / cols)] = data[at] as number
  }
  return { rows: cols, cols: rows, data: out }
}

/** Matrices of the same width, one above the other. */
export const stackRows = (parts: readonly Matrix[]): Matrix => {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0)
  const cols = parts.find((part) => part.rows > 0)?.cols ?? parts[0]?.cols ?? 0
  const data = new Float32Array(rows * cols)
  let at = 0
  for (const part of parts) {
    data.set(part.data, at)
    at += part.data.length
  }
  return { rows, cols, data }
}

/** The numbers 0 … n − 1 that pass the test. */
export const indicesWhere = (n: number, test: (i: number) => boolean): Int32Array => {
  const out: number[] = []
  for (let i = 0; i < n; i++) if (test(i)) out.push(i)
  return Int32Array.from(out)
}

/** `values[chosen[i]]` for every i. */
export const gather = (values: Int32Array, chosen: ArrayLike<number>): Int32Array =>
  Int32Array.from({ length: chosen.length }, (_, i) => values[chosen[i] as number] as number)

/** Log-softmax of `scale` times every row. */
export const logSoftmax = (m: Matrix, scale = 1): Matrix => {
  const { rows, cols } = m
  const data = new Float32Array(m.data.length)
  for (let from = 0; from < data.length; from += cols) {
    let top = Number.NEGATIVE_INFINITY
    for (let j = from; j < from + cols; j++) top = Math.max(top, scale * (m.data[j] as number))
    let sum = 0
    for (let j = from; j < from + cols; j++) sum += Math.exp(scale * (m.data[j] as number) - top)
    const shift = top + Math.log(sum)
    for (let j = from; j < from + cols; j++) data[j] = scale * (m.data[j] as number) - shift
  }
  return { rows, cols, data }
}

/** a + weight · b, element by element. */
export const addScaled = (a: Matrix, b: Matrix, weight: number): Matrix => {
  const data = a.data.slice()
  for (let i = 0; i < data.length; i++) {
    data[i] = (data[i] as number) + weight * (b.data[i] as number)
  }
  return { rows: a.rows, cols: a.cols, data }
}

/** Columns of the largest and second largest value of a row; −1 where there is no such column. */
export const topTwo = (m: Matrix, row: number): readonly [number, number] => {
  let first = -1
  let second = -1
  const from = row * m.cols
  for (let j = 0; j < m.cols; j++) {
    const value = m.data[from + j] as number
    if (first < 0 || value > (m.data[from + first] as number)) {
      second = first
      first = j
    } else if (second < 0 || value > (m.data[from + second] as number)) second = j
  }
  return [first, second]
}
