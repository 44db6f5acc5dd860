// codes.bin of a generation: the rows as codes, and how many of them are compared for a decision. In the manifest, where such a
// generation is said to be searched exactly: that is what programs do that pass over the file.

import {
  codeLengths,
  codeOf,
  encodeRows,
  type ProductCodes,
} from '../core/linear/simd/product-codes.ts'
import type { RowShape } from '../core/linear/vectors.ts'
import { RouterError } from '../errors.ts'
import { CODES } from './generation-name.ts'
import { rowCount } from './guard.ts'

/** "SBC1", then rows, numbers a row, candidates; the codebook; the codes. Little-endian, as all files of a generation. */
const MAGIC = 0x31434253
const HEADER_NUMBERS = 4
const HEADER_BYTES = 4 * HEADER_NUMBERS
/** Rows that are coded anew to see that a file is theirs. */
const CHECKED_ROWS = 32

export interface CodesFile {
  codes: ProductCodes
  candidates: number
}

const bytesOf = (values: Uint32Array | Float32Array | Uint8Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength)

export const packCodes = ({ codes, candidates }: CodesFile): Buffer => {
  const header = Uint32Array.of(MAGIC, codes.rows, codes.cols, candidates)
  return Buffer.concat([header, codes.codebook, codes.codes].map(bytesOf))
}

const invalid = (problem: string): RouterError =>
  new RouterError('index_invalid', `${CODES} of an index generation ${problem}.`, {
    details: { file: CODES },
  })

const assertHeader = (bytes: Buffer, rows: number, cols: number): void => {
  const lengths = codeLengths(rows, cols)
  const expected = HEADER_BYTES + 4 * lengths.codebook + lengths.codes
  if (bytes.length !== expected) throw invalid(`has ${bytes.length} bytes, expected ${expected}`)
  const [magic, ...found] = [0, 4, 8].map((at) => bytes.readUInt32LE(at))
  if (magic !== MAGIC) throw invalid('is of another kind')
  if (found[0] === rows && found[1] === cols) return
  throw invalid(`holds ${found[0]} rows of ${found[1]} numbers, expected ${rows} of ${cols}`)
}

/** The codes of some rows spread over all must be those of the vectors. */
const assertOwn = (codes: ProductCodes, vectors: Float32Array, dimensions: number): void => {
  const step = Math.max(1, Math.floor(codes.rows / CHECKED_ROWS))
  const rows = Math.min(CHECKED_ROWS, codes.rows)
  for (let i = 0; i < rows; i++) {
    const row = i * step
    const data = vectors.subarray(row * dimensions, (row + 1) * dimensions)
    const matrix = { rows: 1, cols: dimensions, data }
    const own = encodeRows(codes.codebook, matrix, { cols: codes.cols, chosen: [0] })
    if (Buffer.compare(codeOf(codes, row), codeOf(own, 0)) !== 0) {
      throw invalid(`holds another code for row ${row}`)
    }
  }
}

/**
 * @param bytes verified, and its own buffer from offset 0
 * @throws RouterError `index_invalid` where the file is of another kind, or of other vectors
 */
export const openCodes = (
  bytes: Buffer,
  vectors: Float32Array,
  { dimensions, searchDimensions: cols }: RowShape,
): CodesFile => {
  const rows = rowCount(vectors, dimensions)
  assertHeader(bytes, rows, cols)
  const candidates = bytes.readUInt32LE(HEADER_BYTES - 4)
  if (candidates === 0) throw invalid('allows no candidates')
  const { codebook: length } = codeLengths(rows, cols)
  const codebook = new Float32Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES, length)
  const codes = new Uint8Array(bytes.buffer, codebook.byteOffset + codebook.byteLength)
  const coded = { rows, cols, codebook, codes }
  assertOwn(coded, vectors, dimensions)
  return { codes: coded, candidates }
}
