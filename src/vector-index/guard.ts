// Validates vectors before they reach native code: hnswlib aborts the process on a null, a string or a hole in a vector, and a NaN
// damages its graph permanently.
import { dot, type RowShape } from '../core/linear/vectors.ts'
import { RouterError } from '../errors.ts'

/** Norms this close to 1 count as unit length: float32 rounding of an L2 over 384 numbers stays below 1e-6. */
const UNIT_TOLERANCE = 1e-5

const invalid = (problem: string, wanted: string, details: Record<string, unknown>): RouterError =>
  new RouterError('invalid_vector', `${problem}; ${wanted}.`, { details })

const kindOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (typeof value !== 'object') return typeof value
  return Array.isArray(value)
    ? 'array'
    : (Object.getPrototypeOf(value)?.constructor?.name ?? 'object')
}

const describeEntry = (values: ArrayLike<unknown>, position: number): string => {
  if (!(position in values)) return 'missing (a hole)'
  const value = values[position]
  if (typeof value !== 'number') return `of type ${kindOf(value)}`
  return Number.isFinite(value) ? 'too large for float32' : String(value)
}

const isUsable = (value: unknown): boolean =>
  typeof value === 'number' && Number.isFinite(Math.fround(value))

const assertEntries = (values: ArrayLike<unknown>, dimensions: number): void => {
  for (let i = 0; i < dimensions; i++) {
    if (isUsable(values[i])) continue
    throw invalid(
      `vector[${i}] is ${describeEntry(values, i)}`,
      `each of the ${dimensions} values must be a finite number`,
      { position: i, dimensions },
    )
  }
}

const asFloat32 = (vector: unknown, dimensions: number): Float32Array => {
  const isFloat32 = vector instanceof Float32Array
  const wanted = `expected a Float32Array or an array of ${dimensions} numbers`
  if (!isFloat32 && !Array.isArray(vector)) {
    throw invalid(`A vector is of type ${kindOf(vector)}`, wanted, { dimensions })
  }
  if (vector.length !== dimensions) {
    throw invalid(`A vector has length ${vector.length}`, wanted, {
      length: vector.length,
      dimensions,
    })
  }
  if (isFloat32) return vector
  assertEntries(vector, dimensions)
  return Float32Array.from(vector as number[])
}

/**
 * `vector` as `dimensions` finite numbers, the first `searchDimensions` of unit length: the same object where it already is, else a
 * copy with that part normalised (any norm above 0 is accepted).
 * @throws RouterError `invalid_vector` that names the wrong type, length, position or the zero vector.
 */
export const assertVector = (vector: unknown, shape: RowShape): Float32Array => {
  const { dimensions, searchDimensions } = shape
  const values = asFloat32(vector, dimensions)
  // Squares of float32 cannot overflow a double, so a sum that is not finite means an entry that is not.
  const norm = Math.sqrt(dot(values, 0, values, 0, searchDimensions))
  const rest = dot(
    values,
    searchDimensions,
    values,
    searchDimensions,
    dimensions - searchDimensions,
  )
  if (!Number.isFinite(norm + rest)) assertEntries(values, dimensions)
  if (norm === 0) {
    throw invalid('A vector is all zeros', 'it needs a direction to be compared by cosine', {
      dimensions,
    })
  }
  if (Math.abs(norm - 1) <= UNIT_TOLERANCE) return values
  return values.map((value, i) => (i < searchDimensions ? value / norm : value))
}

/**
 * Validates `k`, the number of neighbours.
 * @throws RouterError `invalid_request` for anything but an integer ≥ 0.
 */
const assertNeighbourCount = (k: number): number => {
  if (Number.isSafeInteger(k) && k >= 0) return k
  throw new RouterError('invalid_request', `k is ${String(k)}; expected an integer of 0 or more.`, {
    param: 'k',
  })
}

/**
 * A search's own arguments: the query as a row of unit length, and how many of the index's rows to find.
 * @throws RouterError `invalid_vector` or `invalid_request`
 */
export const assertSearch = (
  { row, k }: { row: unknown; k: number },
  shape: RowShape & { size: number },
): { unit: Float32Array; wanted: number } => ({
  unit: assertVector(row, shape),
  wanted: Math.min(assertNeighbourCount(k), shape.size),
})

/**
 * Number of rows in a flat matrix of `dimensions` columns.
 * @throws RouterError `invalid_vector` where its length is no multiple of `dimensions`.
 */
export const rowCount = (vectors: Float32Array, dimensions: number): number => {
  if (!Number.isSafeInteger(dimensions) || dimensions < 1) {
    throw invalid(`dimensions is ${dimensions}`, 'expected an integer of 1 or more', { dimensions })
  }
  if (vectors.length % dimensions === 0) return vectors.length / dimensions
  const wanted = `expected a multiple of ${dimensions}`
  throw invalid(`A matrix holds ${vectors.length} numbers`, wanted, { dimensions })
}

/** `assertVector` for row `row` of a flat matrix, with the row in the error's `details`. */
export const assertRow = (vectors: Float32Array, shape: RowShape, row: number): Float32Array => {
  const { dimensions } = shape
  try {
    return assertVector(vectors.subarray(row * dimensions, (row + 1) * dimensions), shape)
  } catch (error) {
    if (!(error instanceof RouterError)) throw error
    const details = { ...error.details, row }
    throw new RouterError(error.code, `Row ${row}: ${error.message}`, { cause: error, details })
  }
}

/** A validated copy of `n×dimensions` rows, which the caller cannot change during a build. */
export const unitRows = (vectors: Float32Array, shape: RowShape): Float32Array => {
  const count = rowCount(vectors, shape.dimensions)
  const copy = new Float32Array(vectors)
  for (let row = 0; row < count; row++) {
    copy.set(assertRow(copy, shape, row), row * shape.dimensions)
  }
  return copy
}
