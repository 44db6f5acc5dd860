// What is said of a prompt unlike all known ones: nothing but the models' means.
import { describe, expect, it } from 'vitest'
import {
  drawnToMeans,
  familiarShares,
  fitFamiliarity,
  nearSimilarityOf,
} from '../../../src/core/outcomes/familiarity.ts'
import { estimateOutcomes, fitOutcomeModel } from '../../../src/core/outcomes/outcome-model.ts'
import { withNearby } from '../../../src/core/outcomes/outcome-predictor.ts'
import { outcomeRows } from '../../../src/core/outcomes/outcome-row.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { DIMENSIONS, madeOutcomes } from '../../support/made-outcomes.ts'

const column = (values: number[]) => ({
  rows: values.length,
  cols: 1,
  data: Float32Array.from(values),
})

describe('near similarity', () => {
  it('is the mean of the twenty largest similarities, or of all where they are fewer', () => {
    const random = createRandom(1)
    for (const count of [1, 5, 20, 21, 300]) {
      const values = Float32Array.from({ length: count }, () => random() * 2 - 1)
      const top = [...values].sort((a, b) => b - a).slice(0, 20)
      const mean = top.reduce((sum, value) => sum + value, 0) / top.length
      expect(nearSimilarityOf(values)).toBeCloseTo(mean, 6)
    }
  })

  it('counts fully from what three fifths of the prompts have, and not at all below nearly all', () => {
    const known = fitFamiliarity(column(Array.from({ length: 200 }, (_, i) => i / 200)))
    expect(known?.low).toBeCloseTo(0.05)
    expect(known?.high).toBeCloseTo(0.4)
    const shares = familiarShares(column([0, 0.05, 0.225, 0.4, 0.9]), known)
    expect([...shares].map((share) => Math.round(share * 100) / 100)).toEqual([0, 0, 0.5, 1, 1])
  })

  it('is no more than that of a prompt that is plainly alike, where the known ones are all but the same', () => {
    const same = fitFamiliarity(column(Array.from({ length: 200 }, () => 0.99)))
    expect(same).toEqual({ low: 0.5, high: 0.6 })
  })

  it('is not asked for where too few prompts tell what is usual', () => {
    expect(fitFamiliarity(column([0.1, 0.9]))).toBeNull()
    expect([...familiarShares(column([-1]), null)]).toEqual([1])
  })

  it('leaves estimates of known prompts as they are to the last bit', () => {
    const values = { rows: 1, cols: 2, data: Float32Array.of(0.1, 0.7) }
    expect(drawnToMeans(values, [0.3, 0.9], Float32Array.of(1))).toEqual(values)
  })
})

describe('a model of outcomes', () => {
  const texts = (count: number) => Array.from({ length: count }, () => 'a prompt of any kind')
  const { rows, table } = madeOutcomes(300, 1)
  const model = fitOutcomeModel({
    ...{ rows: outcomeRows(rows, texts(300)), table },
    ...{ split: DIMENSIONS, seed: 1 },
  })

  it('says of a prompt unlike all that it knows what it says of any other such prompt', () => {
    const strange = [3, 7].map((axis) =>
      Float32Array.from({ length: DIMENSIONS }, (_, k) => (k === axis ? -1 : 0)),
    )
    const data = Float32Array.from(strange.flatMap((row) => [...row]))
    const asked = outcomeRows({ rows: 2, cols: DIMENSIONS, data }, texts(2))
    const { quality, halfWidth, cost } = estimateOutcomes(model, asked)
    for (const { data: values } of [quality, halfWidth, cost])
      expect(values.slice(0, 3)).toEqual(values.slice(3))
    for (const [j, mean] of model.parts.means.quality.entries())
      expect(quality.data[j]).toBeCloseTo(mean, 5)
    expect(Math.min(...halfWidth.data)).toBeGreaterThan(0.5)
  })

  it('takes what is usual among the prompts that it compares with', () => {
    const strict = { ...model, familiarity: { low: 0.9, high: 0.95 } }
    const first = (count: number) => Int32Array.from({ length: count }, (_, i) => i)
    expect(withNearby(strict, first(30)).familiarity?.high).toBeLessThan(0.9)
    expect(withNearby(strict, first(300)).familiarity).toEqual(strict.familiarity)
  })
})
