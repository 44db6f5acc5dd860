// Plain neighbours: the nearest rows are what a scan of all similarities finds.
import { expect, it } from 'vitest'
import type { Matrix } from '../../../src/core/linear/matrix.ts'
import { createRandom, type Random } from '../../../src/core/statistics/random.ts'
import { nearestOf, neighbourScores } from '../../../src/quality/evaluation/neighbour-scores.ts'

const DIMENSIONS = 16

const made = (random: Random, cols: number): Matrix => ({
  rows: 50,
  cols,
  data: Float32Array.from({ length: 50 * cols }, () => random() - 0.5),
})

it('takes the k nearest by exact search, and draws few of them towards the mean', () => {
  const random = createRandom(4)
  const rows = made(random, DIMENSIONS)
  const scores = made(random, 3)
  const nearest = nearestOf(rows, rows, 3)
  for (let i = 0; i < 50; i++) {
    const similar = Array.from({ length: 50 }, (_, j) =>
      [...rows.data.subarray(i * DIMENSIONS, (i + 1) * DIMENSIONS)].reduce(
        (sum, value, k) => sum + value * (rows.data[j * DIMENSIONS + k] as number),
        0,
      ),
    )
    const best = similar.toSorted((a, b) => b - a).slice(0, 3)
    expect(Array.from(nearest.similarities.slice(i * 3, i * 3 + 3)).sort((a, b) => b - a)).toEqual(
      best.map((value) => expect.closeTo(value, 4)),
    )
  }
  const all = neighbourScores(nearest, scores, {
    k: 3,
    temperature: 1,
    pseudoCount: 1e9,
  })
  const mean = scores.data.filter((_, at) => at % 3 === 0).reduce((a, b) => a + b, 0) / 50
  expect(all.data[0]).toBeCloseTo(mean, 4)
})
