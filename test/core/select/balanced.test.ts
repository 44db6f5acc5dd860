// One slider from the cheapest to the best.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { candidateOf, select } from '../../support/candidates.ts'

const large = candidateOf('large', { costUsd: 0.02 })
const small = candidateOf('small', { costUsd: 0.002 })
const winner = (
  costQuality: number,
  { candidates = [large, small], quality = {}, held = '' } = {} as {
    candidates?: ReturnType<typeof candidateOf>[]
    quality?: Record<string, number>
    held?: string
  },
): string | undefined =>
  select('balanced', {
    candidates,
    settings: { costQuality, quality },
    held: held ? { model: held, isToolLoop: false } : null,
  })[0]?.model

it('is the cheapest at 0 and the best at 1', () => {
  expect(winner(0)).toBe('small')
  expect(winner(1)).toBe('large')
  expect(winner(1, { quality: { large: 0.7, small: 0.8 } })).toBe('small')
})

it('takes the dearer model where its quality is worth it', () => {
  const near = { quality: { large: 0.9, small: 0.85 } }
  const far = { quality: { large: 0.9, small: 0.1 } }
  expect(winner(0.6, near)).toBe('small')
  expect(winner(0.6, far)).toBe('large')
})

it('takes an unknown price for the dearest', () => {
  const unknown = candidateOf('unknown')
  expect(winner(0, { candidates: [unknown, large, small] })).toBe('small')
  expect(winner(1, { candidates: [unknown, large, small] })).toBe('unknown')
})

it('never takes a cheaper or a worse model for a higher slider', () => {
  const model = fc.record({
    costUsd: fc.double({ min: 0, max: 1, noNaN: true }),
    good: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  fc.assert(
    fc.property(fc.array(model, { minLength: 2, maxLength: 6 }), (models) => {
      const candidates = models.map(({ costUsd }, i) => candidateOf(`m${i}`, { costUsd }))
      const quality = Object.fromEntries(models.map(({ good }, i) => [`m${i}`, good]))
      const taken = [0.1, 0.3, 0.5, 0.7, 0.9].map((at) => {
        const name = winner(at, { candidates, quality }) ?? ''
        return models[Number(name.slice(1))] ?? { costUsd: 0, good: 0 }
      })
      for (const [i, one] of taken.entries()) {
        const next = taken[i + 1] ?? one
        expect(next.costUsd).toBeGreaterThanOrEqual(one.costUsd - 1e-9)
        expect(next.good).toBeGreaterThanOrEqual(one.good - 1e-9)
      }
    }),
  )
})

it('leaves the model of a conversation only for a gain that is worth it', () => {
  expect(winner(0.5, { quality: { large: 1, small: 0.05 }, held: 'large' })).toBe('large')
  expect(winner(0, { held: 'large' })).toBe('small')
})
