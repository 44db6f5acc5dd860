// Rows as half a byte for every four numbers: each names the nearest of sixteen centroids (k-means) of those four numbers. Jégou,
// Douze & Schmid 2011, "Product quantization for nearest neighbor search".
import { createRandom, type Random } from '../../statistics/random.ts'
import type { Matrix } from '../matrix.ts'
import { CODE_PARTS, CODE_ROWS, codeLane, PAIR_BYTES } from './code-kernel.ts'
import { roundUp } from './product.ts'

/** Numbers of a row that one centroid stands for. */
export const PART_WIDTH = 4
export const CENTROIDS = 16
const CODEBOOK_PART = CENTROIDS * PART_WIDTH
/** Rows that the centroids are made of, and rounds of k-means: more of either hardly lifts the recall. */
const MOST_SAMPLES = 4_096
const ROUNDS = 8

export interface ProductCodes {
  readonly rows: number
  /** Numbers of a row that are coded. */
  readonly cols: number
  /** For each part, sixteen centroids of four numbers. */
  readonly codebook: Float32Array
  /** Groups of 32 rows, as the kernel takes them; the last is filled up. */
  readonly codes: Uint8Array
}

/** Parts of a row, with empty ones up to what the kernel takes at once. */
export const codeParts = (cols: number): number =>
  roundUp(Math.max(1, Math.ceil(cols / PART_WIDTH)), CODE_PARTS)

/** Lengths of a `ProductCodes`' arrays. */
export const codeLengths = (rows: number, cols: number) => {
  const parts = codeParts(cols)
  const count = roundUp(Math.max(1, rows), CODE_ROWS)
  return { codebook: parts * CODEBOOK_PART, codes: (count * parts) / 2 }
}

/** The centroid of `part` that is nearest to the numbers at `at`. */
const nearest = (
  codebook: Float32Array,
  part: number,
  values: Float32Array,
  at: number,
): number => {
  const [a, b] = [values[at] as number, values[at + 1] as number]
  const [c, d] = [values[at + 2] as number, values[at + 3] as number]
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (let centroid = 0; centroid < CENTROIDS; centroid++) {
    const from = part * CODEBOOK_PART + centroid * PART_WIDTH
    const offA = a - (codebook[from] as number)
    const offB = b - (codebook[from + 1] as number)
    const offC = c - (codebook[from + 2] as number)
    const offD = d - (codebook[from + 3] as number)
    const distance = offA * offA + offB * offB + offC * offC + offD * offD
    if (distance >= least) continue
    least = distance
    best = centroid
  }
  return best
}

/** The first `own` numbers of some of the rows, each drawn once, filled up with zeros to whole parts. */
const sampleOf = ({ rows, cols, data }: Matrix, own: number, random: Random): Matrix => {
  const order = Int32Array.from({ length: rows }, (_, row) => row)
  const [count, width] = [Math.min(rows, MOST_SAMPLES), codeParts(own) * PART_WIDTH]
  const sample = new Float32Array(count * width)
  for (let i = 0; i < count; i++) {
    const other = i + Math.floor(random() * (rows - i))
    const row = order[other] as number
    order[other] = order[i] as number
    sample.set(data.subarray(row * cols, row * cols + own), i * width)
  }
  return { rows: count, cols: width, data: sample }
}

/** One round of k-means for one part; a centroid that is nobody's nearest stays. */
const improve = (codebook: Float32Array, part: number, { rows, cols, data }: Matrix): void => {
  const sums = new Float64Array(CODEBOOK_PART)
  const counts = new Int32Array(CENTROIDS)
  for (let row = 0; row < rows; row++) {
    const at = row * cols + part * PART_WIDTH
    const centroid = nearest(codebook, part, data, at)
    counts[centroid] = (counts[centroid] as number) + 1
    for (let i = 0; i < PART_WIDTH; i++) {
      const to = centroid * PART_WIDTH + i
      sums[to] = (sums[to] as number) + (data[at + i] as number)
    }
  }
  for (let i = 0; i < CODEBOOK_PART; i++) {
    const count = counts[Math.floor(i / PART_WIDTH)] as number
    if (count > 0) codebook[part * CODEBOOK_PART + i] = (sums[i] as number) / count
  }
}

const fitCodebook = (sample: Matrix): Float32Array => {
  const parts = sample.cols / PART_WIDTH
  const codebook = new Float32Array(parts * CODEBOOK_PART)
  if (sample.rows === 0) return codebook
  for (let part = 0; part < parts; part++) {
    for (let centroid = 0; centroid < CENTROIDS; centroid++) {
      const at = (centroid % sample.rows) * sample.cols + part * PART_WIDTH
      const from = sample.data.subarray(at, at + PART_WIDTH)
      codebook.set(from, part * CODEBOOK_PART + centroid * PART_WIDTH)
    }
    for (let round = 0; round < ROUNDS; round++) improve(codebook, part, sample)
  }
  return codebook
}

/** Where the byte of the first two parts of a row lies; that of each further two follows after `PAIR_BYTES`. */
const placeOf = (row: number, parts: number): number => {
  const inGroup = row % CODE_ROWS
  return ((row - inGroup) * parts) / 2 + (inGroup < 16 ? 0 : 16) + codeLane(inGroup % 16)
}

/** Writes the code of `padded` as that of row `row`. */
const writeCode = (to: ProductCodes, row: number, padded: Float32Array): void => {
  const parts = padded.length / PART_WIDTH
  const place = placeOf(row, parts)
  for (let part = 0; part < parts; part++) {
    const centroid = nearest(to.codebook, part, padded, part * PART_WIDTH)
    const byte = place + Math.floor(part / 2) * PAIR_BYTES
    to.codes[byte] = (to.codes[byte] as number) | (part % 2 === 0 ? centroid : centroid << 4)
  }
}

/** The code of one row: a byte for every two parts. */
export const codeOf = ({ codes, cols }: ProductCodes, row: number): Uint8Array => {
  const parts = codeParts(cols)
  const place = placeOf(row, parts)
  return Uint8Array.from(
    { length: parts / 2 },
    (_, pair) => codes[place + pair * PAIR_BYTES] as number,
  )
}

/** Codes by a given codebook; rows that are not `chosen` are left at zeros. */
export const encodeRows = (
  codebook: Float32Array,
  { rows, cols: width, data }: Matrix,
  { cols, chosen }: { cols: number; chosen: Iterable<number> },
): ProductCodes => {
  const coded = { rows, cols, codebook, codes: new Uint8Array(codeLengths(rows, cols).codes) }
  const padded = new Float32Array(codeParts(cols) * PART_WIDTH)
  for (const row of chosen) {
    padded.set(data.subarray(row * width, row * width + cols))
    writeCode(coded, row, padded)
  }
  return coded
}

/** @param cols how many numbers of each row are coded; they are of unit length */
export const codeRows = (
  matrix: Matrix,
  { cols, seed }: { cols: number; seed: number },
): ProductCodes => {
  const codebook = fitCodebook(sampleOf(matrix, cols, createRandom(seed)))
  return encodeRows(codebook, matrix, { cols, chosen: new Array<void>(matrix.rows).keys() })
}
