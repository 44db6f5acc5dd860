// The main directions of rows, against rows that were made along known ones.
import { describe, expect, it } from 'vitest'
import { principalAxes, projected } from '../../../src/core/linear/principal-axes.ts'
import { dot } from '../../../src/core/linear/vectors.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'

const SHAPE = { dimensions: 6, searchDimensions: 4 }

/** Wide along the second number, less along the fourth; what follows the embedding is wider than both, and must not count. */
const rowsOf = (count: number): Float32Array => {
  const random = createRandom(5)
  const rows = new Float32Array(count * SHAPE.dimensions)
  for (let row = 0; row < count; row++) {
    const values = [1, 10 * random(), 0.01 * random(), 3 * random(), 100 * random(), 0]
    rows.set(values, row * SHAPE.dimensions)
  }
  return rows
}

describe('the main directions of rows', () => {
  it('are the widest first, at right angles and of unit length', async () => {
    const { axes } = await principalAxes(rowsOf(400), SHAPE, { count: 2, seed: 1 })
    const [first, second] = axes as [Float32Array, Float32Array]
    expect(Math.abs(first[1] as number)).toBeGreaterThan(0.99)
    expect(Math.abs(second[3] as number)).toBeGreaterThan(0.99)
    expect(dot(first, 0, second, 0, 4)).toBeCloseTo(0, 5)
    expect(dot(first, 0, first, 0, 4)).toBeCloseTo(1, 5)
  })

  it('tell where each row lies from the mean', async () => {
    const rows = rowsOf(400)
    const found = await principalAxes(rows, SHAPE, { count: 1, seed: 1 })
    const all = projected(rows, SHAPE, found, [0, 400])
    expect(all.reduce((sum, value) => sum + value, 0) / 400).toBeCloseTo(0, 3)
    expect(projected(rows, SHAPE, found, [7, 9])).toEqual(all.slice(7, 9))
  })

  it('come out the same twice, whatever is done in the pauses', async () => {
    let pauses = 0
    const pause = async () => {
      pauses++
    }
    const quiet = await principalAxes(rowsOf(50), SHAPE, { count: 2, seed: 3 })
    expect(await principalAxes(rowsOf(50), SHAPE, { count: 2, seed: 3, pause })).toEqual(quiet)
    expect(pauses).toBeGreaterThan(10)
  })

  it('look at no more than a sample of many rows', async () => {
    let reads = 0
    const rows = new Proxy(rowsOf(5_000), {
      get: (target, key) => {
        reads++
        const value = Reflect.get(target, key, target)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    await principalAxes(rows, SHAPE, { count: 1, seed: 1 })
    expect(reads).toBeLessThan(500 * 4 * 2 * 16)
  })

  it('are zeros where rows do not differ', async () => {
    const same = new Float32Array(12 * SHAPE.dimensions).fill(0.5)
    const { axes } = await principalAxes(same, SHAPE, { count: 2, seed: 1 })
    expect(axes).toEqual([new Float32Array(4), new Float32Array(4)])
  })
})
