import { describe, expect, it } from 'vitest'
import { fitClassifier } from '../../../src/core/classifier/fit.ts'
import { fitShift, shifted } from '../../../src/core/classifier/traffic-shift.ts'
import { clustered } from '../../support/clustered-training.ts'

/** `count` prompts with one confidence, of which the first `right` are right. */
const claimed = (confidence: number, right: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ confidence, isRight: i < right }))

describe('the shift of confidence from exemplars to traffic', () => {
  it('raises claims that come true more often than they say, most of the way', () => {
    const shift = fitShift(claimed(0.7, 270, 300))
    expect(shifted(0.7, shift)).toBeGreaterThan(0.8)
    expect(shifted(0.7, shift)).toBeLessThan(0.9)
  })

  it('lowers claims that come true less often', () => {
    expect(fitShift(claimed(0.9, 210, 300))).toBeLessThan(-0.3)
  })

  it('leaves claims alone that come true', () => {
    expect(fitShift(claimed(0.8, 240, 300))).toBeCloseTo(0, 6)
  })

  it('believes more prompts more', () => {
    const few = fitShift(claimed(0.7, 90, 100))
    expect(few).toBeGreaterThan(0)
    expect(fitShift(claimed(0.7, 900, 1_000))).toBeGreaterThan(few)
  })

  it('is none where fewer than a hundred prompts stand for the traffic', () => {
    expect(fitShift(claimed(0.7, 99, 99))).toBe(0)
  })

  it('stays finite where every claim comes true or none does', () => {
    expect(Number.isFinite(fitShift(claimed(1, 0, 200)))).toBe(true)
    expect(Number.isFinite(fitShift(claimed(0.99, 200, 200)))).toBe(true)
  })
})

describe('a fit with a sample of the traffic', () => {
  const set = clustered({ code: 40, math: 40, none: 24 }, 1, 1.2)
  /** Far easier than the exemplars: they lie closer to the middle of their route. */
  const easy = clustered({ code: 60, math: 60 }, 1, 0.4)
  const sample = { vectors: easy.vectors, texts: easy.texts, routes: easy.routes }

  it('trains on nothing of it, and moves every confidence by the same odds', () => {
    const without = fitClassifier(set, { seed: 1 })
    const withSample = fitClassifier({ ...set, sample }, { seed: 1 })
    const shift = withSample.report.trafficShift as number
    expect(shift).toBeGreaterThan(0)
    expect(without.report.trafficShift).toBe(0)
    const { confidenceBias: moved, ...others } = withSample.model.parameters
    const { confidenceBias: before, ...same } = without.model.parameters
    expect((moved as number) - (before as number)).toBeCloseTo(shift, 9)
    expect(others).toEqual(same)
    expect(withSample.model.arrays).toEqual(without.model.arrays)
  })

  it('keeps a bound on wrong routes at the same exemplars', () => {
    const bound = { seed: 1, risk: 0.2, abstentionCost: 1 }
    const without = fitClassifier(set, bound)
    const withSample = fitClassifier({ ...set, sample }, bound)
    const errorsOf = ({ report }: typeof without) =>
      Object.values(report.thresholds).map(({ errors }) => errors)
    expect(errorsOf(withSample)).toEqual(errorsOf(without))
  })

  it('ignores prompts of routes that it was not trained for', () => {
    const routes = easy.routes.map(() => 'unheard-of')
    const { report } = fitClassifier({ ...set, sample: { ...sample, routes } }, { seed: 1 })
    expect(report.trafficShift).toBe(0)
  })
})
