// The gate before native code: what is a vector, and what is said of what is not.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RouterError } from '../../src/errors.ts'
import { assertVector, rowCount, unitRows } from '../../src/vector-index/guard.ts'
import { bare } from './support/fixtures.ts'

const norm = (vector: Float32Array): number => Math.hypot(...vector)

describe('assertVector', () => {
  it('returns a unit Float32Array as it is', () => {
    const vector = Float32Array.of(0.6, 0.8)
    expect(assertVector(vector, bare(2))).toBe(vector)
  })

  it('normalises a copy and leaves the original alone', () => {
    const vector = Float32Array.of(3e6, 4e6)
    expect([...assertVector(vector, bare(2))].map((v) => v.toFixed(6))).toEqual([
      '0.600000',
      '0.800000',
    ])
    expect([...vector]).toEqual([3e6, 4e6])
  })

  it('normalises the embedding and leaves what follows it', () => {
    const shape = { dimensions: 4, searchDimensions: 2 }
    expect(assertVector([0, 2, 5, -7], shape)).toEqual(Float32Array.of(0, 1, 5, -7))
    const unit = Float32Array.of(0.6, 0.8, 9, 0)
    expect(assertVector(unit, shape)).toBe(unit)
    expect(() => assertVector([0, 0, 1, 0], shape)).toThrow(/all zeros/)
    expect(() => assertVector(Float32Array.of(0, 1, 2, Number.NaN), shape)).toThrow(
      /vector\[3\] is NaN/,
    )
  })

  it('accepts plain numbers, as an import holds them', () => {
    expect(assertVector([0, 2, 0], bare(3))).toEqual(Float32Array.of(0, 1, 0))
  })

  it('refuses numbers that float32 cannot hold', () => {
    expect(() => assertVector([1, 1e300], bare(2))).toThrow(/vector\[1\] is too large for float32/)
  })

  it('never quotes a value that might be text', () => {
    expect(() => assertVector([1, 'secret prompt'], bare(2))).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') as string }),
    )
  })

  it('gives unit length for every finite vector that is not zero', () => {
    const values = fc.float32Array({
      minLength: 8,
      maxLength: 8,
      noNaN: true,
      noDefaultInfinity: true,
    })
    fc.assert(
      fc.property(values, (vector) => {
        fc.pre(vector.some((value) => value !== 0))
        expect(norm(assertVector(vector, bare(8)))).toBeCloseTo(1, 4)
      }),
    )
  })

  it('throws invalid_vector, and nothing else, for anything else', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withSparseArray: true }), (value) => {
        fc.pre(!(value instanceof Float32Array))
        try {
          expect(norm(assertVector(value, bare(3)))).toBeCloseTo(1, 4)
        } catch (error) {
          expect(error).toBeInstanceOf(RouterError)
          expect((error as RouterError).code).toBe('invalid_vector')
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('unitRows', () => {
  it('normalises each row of a copy', () => {
    const rows = Float32Array.of(3, 4, 0, 1)
    expect(unitRows(rows, bare(2))).toEqual(Float32Array.of(3 / 5, 4 / 5, 0, 1))
    expect([...rows]).toEqual([3, 4, 0, 1])
  })

  it('names the first row that is no vector', () => {
    expect(() => unitRows(Float32Array.of(1, 0, 0, 0), bare(2))).toThrow(
      expect.objectContaining({
        code: 'invalid_vector',
        details: expect.objectContaining({ row: 1 }) as object,
      }),
    )
  })
})

describe('rowCount', () => {
  it.each([0, -2, 1.5, Number.NaN])('refuses %s dimensions', (dimensions) => {
    expect(() => rowCount(new Float32Array(4), dimensions)).toThrow(/dimensions is/)
  })
})
