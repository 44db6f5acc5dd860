import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { twinShares, twinWeight, withTwins } from '../../../src/core/classifier/twin.ts'

const near = (similarity: number, route = 'a') => ({ similarity, route })
const position = new Map([
  ['a', 0],
  ['b', 1],
])

describe('the say of near twins', () => {
  it('is none where nothing is near, and all where the prompt is an exemplar but for a typo', () => {
    expect(twinWeight([])).toBe(0)
    expect(twinWeight([near(0.6)])).toBe(0)
    expect(twinWeight([near(0.99), near(0.985, 'b')])).toBe(1)
  })

  it('is less the nearer an exemplar of another route is, not one of the same', () => {
    const alone = twinWeight([near(0.8)])
    expect(twinWeight([near(0.8), near(0.79)])).toBe(alone)
    expect(twinWeight([near(0.8), near(0.75), near(0.7, 'b')])).toBeLessThan(alone)
    expect(twinWeight([near(0.8), near(0.8, 'b')])).toBe(0)
    expect(twinWeight([near(0.8), near(0.65, 'b')])).toBeCloseTo(alone, 12)
  })

  it('never shrinks as the prompt comes nearer', () => {
    const value = fc.double({ min: -1, max: 1, noNaN: true })
    fc.assert(
      fc.property(value, value, value, (one, other, rival) => {
        const [far, close] = [Math.min(one, other), Math.max(one, other)]
        fc.pre(rival <= far)
        const weigh = (similarity: number) => twinWeight([near(similarity), near(rival, 'b')])
        expect(weigh(close)).toBeGreaterThanOrEqual(weigh(far))
        expect(weigh(close)).toBeLessThanOrEqual(1)
        expect(weigh(far)).toBeGreaterThanOrEqual(0)
      }),
    )
  })
})

describe('the shares of routes among twins', () => {
  it('sum to 1, the nearest weighing most; untrained routes have none', () => {
    const shares = twinShares([near(0.9), near(0.85, 'b'), near(0.85, 'gone')], position)
    expect(shares).toHaveLength(2)
    expect((shares[0] as number) + (shares[1] as number)).toBeCloseTo(1, 12)
    expect((shares[0] as number) / (shares[1] as number)).toBeCloseTo(Math.E, 6)
  })

  it('are none without neighbours', () => {
    expect(twinShares([], position)).toEqual([0, 0])
  })
})

describe('mixing the twins in', () => {
  const log = Float32Array.of(Math.log(0.2), Math.log(0.8))

  it('leaves the blend as it is where they have no say', () => {
    expect(withTwins(log, [near(0.5)], position)).toEqual({ log, weight: 0 })
  })

  it('turns the route where a twin of another route stands alone', () => {
    const mixed = withTwins(log, [near(0.95), near(0.5, 'b')], position)
    expect(mixed.weight).toBe(1)
    expect(Math.exp(mixed.log[0] as number)).toBeGreaterThan(0.99)
  })

  it('stays a distribution at any weight', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 1, noNaN: true }), (similarity) => {
        const mixed = withTwins(log, [near(similarity), near(0.45, 'b')], position)
        const sum = mixed.log.reduce((total, value) => total + Math.exp(value), 0)
        expect(sum).toBeCloseTo(1, 5)
      }),
    )
  })
})
