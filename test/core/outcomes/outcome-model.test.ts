// Made prompts of two kinds, each with a model that is good at it: what is learned must find it, and mind the cost.
import { describe, expect, it } from 'vitest'
import { type Matrix, takeRows } from '../../../src/core/linear/matrix.ts'
import { normaliseRow } from '../../../src/core/linear/vectors.ts'
import { chooseByPrice } from '../../../src/core/outcomes/operating-point.ts'
import { fromArtefact, toArtefact } from '../../../src/core/outcomes/outcome-codec.ts'
import {
  type Estimates,
  estimateOutcomes,
  fitOutcomeModel,
} from '../../../src/core/outcomes/outcome-model.ts'
import { outcomeRows } from '../../../src/core/outcomes/outcome-row.ts'
import type { OutcomeTable } from '../../../src/core/outcomes/outcome-table.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'

const DIMENSIONS = 16
const MODELS = ['cheap', 'poet', 'dear']
const COSTS = [0.001, 0.002, 0.01]
/** By kind of prompt. */
const QUALITY = [
  [0.9, 0.2, 0.95],
  [0.2, 0.9, 0.9],
]

/** Rows around the centre of one of two kinds, with draws of what each model was worth. */
const made = (
  count: number,
  seed: number,
  hasLabels = true,
): { rows: Matrix; table: OutcomeTable } => {
  const random = createRandom(seed)
  const rows = new Float32Array(count * DIMENSIONS)
  const texts: string[] = []
  const scores = new Float32Array(count * MODELS.length)
  const labels: string[] = []
  for (let i = 0; i < count; i++) {
    const kind = i % 2
    for (let k = 0; k < DIMENSIONS; k++)
      rows[i * DIMENSIONS + k] = (k === kind ? 1.5 : 0) + random() - 0.5
    normaliseRow(rows, i * DIMENSIONS, DIMENSIONS)
    QUALITY[kind]?.forEach((quality, j) => {
      scores[i * MODELS.length + j] = random() < quality ? 1 : 0
    })
    texts.push('word '.repeat(1 + Math.floor(random() * 20)))
    labels.push(hasLabels ? (['prose', 'verse'][kind] as string) : '')
  }
  const costs = Float32Array.from({ length: scores.length }, (_, at) => COSTS[at % 3] as number)
  return {
    rows: outcomeRows({ rows: count, cols: DIMENSIONS, data: rows }, texts),
    table: {
      models: MODELS,
      labels,
      scores: { rows: count, cols: 3, data: scores },
      costs: { rows: count, cols: 3, data: costs },
    },
  }
}

describe.each([
  ['with labels', true],
  ['without labels', false],
])('what is learned %s', (_, hasLabels) => {
  const model = fitOutcomeModel({ ...made(400, 1, hasLabels), split: DIMENSIONS, seed: 1 })
  const test = made(200, 2, hasLabels)
  const estimates = estimateOutcomes(model, test.rows)

  it('sends each kind to the model that is good at it and cheap', () => {
    const chosen = chooseByPrice(estimates, 20)
    const right = [...chosen].filter((model, i) => model === i % 2).length
    expect(right / 200).toBeGreaterThan(0.8)
  })

  it('knows what each model costs', () => {
    for (const [at, cost] of estimates.cost.data.entries()) {
      expect(cost / (COSTS[at % 3] as number)).toBeCloseTo(1, 1)
    }
  })

  it('goes to the cheapest where only cost counts', () => {
    expect(new Set(chooseByPrice(estimates, 1e6))).toEqual(new Set([0]))
  })

  it('expects the score that each kind has, within its half-width for most', () => {
    const errors = [...estimates.quality.data].map((value, at) => {
      const wanted = QUALITY[Math.floor(at / 3) % 2]?.[at % 3] as number
      return Math.abs(value - wanted) <= (estimates.halfWidth.data[at] as number)
    })
    expect(errors.filter(Boolean).length / errors.length).toBeGreaterThan(0.9)
  })

  it('estimates the same after it was kept and read, one prompt at a time', () => {
    const read = fromArtefact(structuredClone(toArtefact(model)))
    for (const row of [0, 7, 199]) {
      const one = estimateOutcomes(read, takeRows(test.rows, [row]))
      for (const name of ['quality', 'halfWidth', 'cost'] as const)
        for (const [j, value] of one[name].data.entries())
          expect(value).toBeCloseTo(estimates[name].data[row * 3 + j] as number, 4)
    }
  })
})

describe('where each prompt was answered by one model', () => {
  const whole = made(900, 5)
  const onlyOne = (values: Matrix): Matrix => ({
    ...values,
    data: values.data.map((value, at) => (at % 3 === Math.floor(at / 3) % 3 ? value : Number.NaN)),
  })
  const { scores, costs } = whole.table
  const table = { ...whole.table, scores: onlyOne(scores), costs: onlyOne(costs) }
  const model = fitOutcomeModel({ rows: whole.rows, table, split: DIMENSIONS, seed: 1 })
  const test = made(200, 2)
  const estimates = estimateOutcomes(model, test.rows)

  it('still finds the model that is good at each kind', () => {
    const chosen = chooseByPrice(estimates, 20)
    expect([...chosen].filter((one, i) => one === i % 2).length / 200).toBeGreaterThan(0.8)
  })

  it('is less sure than where all models answered', () => {
    const all = fitOutcomeModel({ ...whole, split: DIMENSIONS, seed: 1 })
    const mean = ({ halfWidth }: Estimates) => halfWidth.data.reduce((a, b) => a + b, 0)
    expect(mean(estimates)).toBeGreaterThan(mean(estimateOutcomes(all, test.rows)))
  })
})

it('refuses what another version has kept, and arrays that do not fit together', () => {
  const kept = toArtefact(fitOutcomeModel({ ...made(60, 1), split: DIMENSIONS, seed: 1 }))
  expect(() => fromArtefact({ ...kept, version: 0 })).toThrow('version 0, expected 1')
  const arrays = { ...kept.arrays, quality: kept.arrays.quality.slice(1) }
  expect(() => fromArtefact({ ...kept, arrays })).toThrow('do not fit')
})
