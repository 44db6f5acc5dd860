import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createFeatureSimilarities,
  featureSimilarityOf,
  fitFeatureSpace,
  rowsToSpace,
  toSpace,
} from '../../../src/core/classifier/feature-space.ts'
import { rowOf } from '../../../src/core/linear/matrix.ts'
import { dot } from '../../../src/core/linear/vectors.ts'
import { matrix, randomMatrix, rowsOf } from '../../support/matrices.ts'

const labelsOf = (n: number, routes: number) => Int32Array.from({ length: n }, (_, i) => i % routes)

const shape = fc.record({
  rows: fc.integer({ min: 2, max: 12 }),
  cols: fc.integer({ min: 2, max: 12 }),
  side: fc.integer({ min: 0, max: 12 }),
  seed: fc.integer({ min: 0, max: 1e6 }),
})

const fitted = ({
  rows,
  cols,
  side,
  seed,
}: typeof shape extends fc.Arbitrary<infer T> ? T : never) => {
  const m = randomMatrix(rows, cols, seed)
  const split = Math.max(1, cols - side)
  return { m, space: fitFeatureSpace(m, labelsOf(rows, 2), { routes: 2, split }) }
}

describe('the feature space', () => {
  it('makes unit rows', () => {
    fc.assert(
      fc.property(shape, (drawn) => {
        const { m, space } = fitted(drawn)
        for (const row of rowsOf(rowsToSpace(space, m)))
          expect(Math.hypot(...row)).toBeCloseTo(1, 4)
      }),
    )
  })

  it('gives a row that is not in it the likeness that its projection has', () => {
    fc.assert(
      fc.property(shape, (drawn) => {
        const { m, space } = fitted(drawn)
        const prompt = toSpace(space, rowOf(m, 0), new Float32Array(m.cols))
        const inSpace = rowsToSpace(space, m)
        for (let i = 0; i < m.rows; i++) {
          const projected = dot(prompt, 0, inSpace.data, i * m.cols, m.cols)
          expect(featureSimilarityOf(space, prompt, rowOf(m, i))).toBeCloseTo(projected, 4)
        }
      }),
    )
  })

  it('gives many rows the likeness that it gives each, to the last bit', () => {
    fc.assert(
      fc.property(shape, fc.integer({ min: 0, max: 9 }), (drawn, count) => {
        const { m, space } = fitted(drawn)
        const prompt = toSpace(space, rowOf(m, 0), new Float32Array(m.cols))
        const rows = Array.from({ length: count }, (_, i) => rowOf(m, i % m.rows))
        const alone = rows.map((row) => featureSimilarityOf(space, prompt, row))
        const similarities = createFeatureSimilarities(space)
        expect(similarities(prompt, rows)).toEqual(alone)
        expect(similarities(prompt, rows.toReversed())).toEqual(alone.toReversed())
      }),
    )
  })

  it('is centred on the mean of the routes, however many exemplars each has', () => {
    const rows = matrix([
      [1, 0],
      [1, 0],
      [1, 0],
      [0, 1],
    ])
    const space = fitFeatureSpace(rows, Int32Array.of(0, 0, 0, 2), { routes: 3, split: 2 })
    expect([...space.mean]).toEqual([expect.closeTo(0.5, 6), expect.closeTo(0.5, 6)])
  })

  it('brings both parts of a row to the same spread', () => {
    const narrow = randomMatrix(40, 4, 1)
    const wide = randomMatrix(40, 6, 2)
    const rows = matrix(
      rowsOf(narrow).map((row, i) => [...row, ...[...rowOf(wide, i)].map((v) => 100 * v)]),
    )
    const space = fitFeatureSpace(rows, labelsOf(40, 1), { routes: 1, split: 4 })
    const spread = (from: number, to: number, scale: number) =>
      rowsOf(rows).reduce(
        (sum, row) =>
          sum +
          row
            .slice(from, to)
            .reduce((s, v, k) => s + ((v - (space.mean[from + k] as number)) * scale) ** 2, 0),
        0,
      ) / 40
    expect(spread(0, 4, space.scale[0])).toBeCloseTo(1, 3)
    expect(spread(4, 10, space.scale[1])).toBeCloseTo(1, 3)
  })

  it('keeps the row of the very mean at zero, not at NaN', () => {
    const rows = matrix([
      [1, 3],
      [1, 3],
    ])
    const space = fitFeatureSpace(rows, labelsOf(2, 1), { routes: 1, split: 2 })
    const projected = toSpace(space, rowOf(rows, 0), new Float32Array(2))
    expect([...projected]).toEqual([0, 0])
    expect(featureSimilarityOf(space, projected, rowOf(rows, 1))).toBe(0)
  })

  it('can be fitted on nothing', () => {
    const space = fitFeatureSpace(randomMatrix(0, 3, 1), new Int32Array(0), { routes: 0, split: 3 })
    expect([...space.mean, ...space.scale].every(Number.isFinite)).toBe(true)
  })

  it('writes a row where it is told to', () => {
    const rows = matrix([
      [1, 0],
      [0, 1],
    ])
    const space = fitFeatureSpace(rows, Int32Array.of(0, 1), { routes: 2, split: 2 })
    const out = new Float32Array(6)
    toSpace(space, rowOf(rows, 0), out, 2)
    expect([...out.subarray(0, 2), ...out.subarray(4)]).toEqual([0, 0, 0, 0])
    expect(out[2]).toBeCloseTo(Math.SQRT1_2, 6)
    expect(out[3]).toBeCloseTo(-Math.SQRT1_2, 6)
  })
})
