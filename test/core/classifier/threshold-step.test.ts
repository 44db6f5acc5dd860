import { describe, expect, it } from 'vitest'
import { withinStep } from '../../../src/core/classifier/threshold-step.ts'

/** `n` exemplars of one confidence, the first `right` of them right. */
const rows = (confidence: number, n: number, right: number) =>
  Array.from({ length: n }, (_, i) => ({ confidence, isRight: i < right }))

const from = (last: number | undefined, exemplars: ReturnType<typeof rows> = []) => ({
  ...{ last, rows: exemplars, step: 0.1, abstentionCost: 0.6 },
})

describe('the step of a threshold', () => {
  it('lets it go where it is wanted within a step, and where there was none before', () => {
    expect(withinStep(0.45, from(0.4))).toBe(0.45)
    expect(withinStep(0.9, from(undefined))).toBe(0.9)
  })

  it('stops it after one step, up and down, where no exemplar lies in between', () => {
    expect(withinStep(0.8, from(0.4))).toBeCloseTo(0.5, 12)
    expect(withinStep(0.1, from(0.4))).toBeCloseTo(0.3, 12)
  })

  it('lets it rise further where exemplars in between are wrong more often than answering is worth', () => {
    expect(withinStep(0.8, from(0.4, rows(0.6, 40, 4)))).toBe(0.8)
    expect(withinStep(0.8, from(0.4, rows(0.6, 40, 30)))).toBeCloseTo(0.5, 12)
  })

  it('lets it fall further where exemplars in between are right', () => {
    expect(withinStep(0.1, from(0.4, rows(0.2, 40, 38)))).toBe(0.1)
    expect(withinStep(0.1, from(0.4, rows(0.2, 40, 5)))).toBeCloseTo(0.3, 12)
  })

  it('is not moved by a few exemplars, nor by those elsewhere', () => {
    expect(withinStep(0.8, from(0.4, rows(0.6, 2, 0)))).toBeCloseTo(0.5, 12)
    expect(withinStep(0.8, from(0.4, rows(0.45, 40, 0)))).toBeCloseTo(0.5, 12)
  })

  it('never lets it rise faster where turning away costs as much as a wrong route, and falls freely there', () => {
    const costly = { ...from(0.4, rows(0.6, 40, 0)), abstentionCost: 1 }
    expect(withinStep(0.8, costly)).toBeCloseTo(0.5, 12)
    expect(withinStep(0.1, { ...costly, rows: rows(0.2, 40, 5) })).toBe(0.1)
  })
})
