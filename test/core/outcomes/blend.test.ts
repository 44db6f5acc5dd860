// Made parts and targets of which the right weights are known.
import { describe, expect, it } from 'vitest'
import type { Matrix } from '../../../src/core/linear/matrix.ts'
import { blended, fitBlend } from '../../../src/core/outcomes/blend.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'

const ROWS = 600
const MODELS = 3

const matrix = (of: (i: number, m: number) => number): Matrix => ({
  rows: ROWS,
  cols: MODELS,
  data: Float32Array.from({ length: ROWS * MODELS }, (_, at) =>
    of(Math.floor(at / MODELS), at % MODELS),
  ),
})

const random = createRandom(1)
const hard = Array.from({ length: ROWS }, () => random() - 0.5)
const noise = matrix(() => 0.2 * (random() - 0.5))
const none = matrix(() => 0)

describe('the weights of a blend', () => {
  it('are apart for the level of all models and for the lead of one', () => {
    const kind = matrix((i) => hard[i] as number)
    const ridge = matrix((i, m) => (m - 1) * ((i % 7) / 7))
    const target = matrix(
      (i, m) =>
        0.5 * (hard[i] as number) +
        2 * (m - 1) * ((i % 7) / 7) +
        (noise.data[i * MODELS + m] as number),
    )
    const blend = fitBlend({ kind, ridge, near: none }, target)
    expect(blend.level.kind).toBeCloseTo(0.5, 1)
    expect(blend.lead.ridge).toBeCloseTo(2, 1)
    expect(blend.lead.near).toBe(0)
  })

  it('are never negative', () => {
    const kind = matrix((i, m) => (m - 1) * (hard[i] as number))
    const target = { ...kind, data: kind.data.map((value) => -value) }
    expect(fitBlend({ kind, ridge: none, near: none }, target).lead.kind).toBe(0)
  })
})

describe('where models are most apart on prompts of middling difficulty', () => {
  const kind = matrix((i) => hard[i] as number)
  const target = matrix(
    (i, m) =>
      (hard[i] as number) +
      (m - 1) * (0.08 - (hard[i] as number) ** 2) +
      (noise.data[i * MODELS + m] as number),
  )
  const parts = { kind, ridge: none, near: none }

  it('bends what is expected of each model', () => {
    const blend = fitBlend(parts, target)
    expect(blend.bends.map((bend) => Math.round(bend) + 0)).toEqual([1, 0, -1])
    const { data } = blended(parts, blend, new Float64Array(MODELS))
    const lead = (i: number) => (data[i * MODELS + 2] as number) - (data[i * MODELS] as number)
    const order = [...hard.keys()].sort((a, b) => Math.abs(hard[a] ?? 0) - Math.abs(hard[b] ?? 0))
    expect(lead(order[0] as number)).toBeGreaterThan(lead(order.at(-1) as number))
  })

  it('bends nothing where chance alone would make models differ as much', () => {
    const flat = matrix((i, m) => (hard[i] as number) + (noise.data[i * MODELS + m] as number))
    for (const bend of fitBlend(parts, flat).bends) expect(Math.abs(bend)).toBeLessThan(0.1)
  })
})
