import { expect, it } from 'vitest'
import { createAlertTally } from '../../src/alerts/tally.ts'
import { shapeFigures, shapeOf } from '../../src/core/alerting/traffic-shape.ts'
import { completionOf, decisionOf } from '../store/fixtures.ts'

const sure = { top: 'code', confidence: 0.95, isAbstained: false, isNovel: false, position: null }
const heldOut = shapeFigures(shapeOf(Array.from({ length: 500 }, () => sure)))

const classified = (n: number, confidence: number, rest: object = {}) =>
  decisionOf(n, {
    reason: 'matched',
    inherited: null,
    classification: {
      scores: [{ route: 'code', score: confidence }],
      confidence,
      margin: confidence,
      neighbours: [],
      novelty: 0,
      noveltyLimit: 1,
    },
    ...rest,
  })

const tallyOf = (generation = { number: 1, manifest: { heldOut } }) =>
  createAlertTally({ baseline: () => 'held_out', generation: () => generation })

it('counts what was asked, answered, lost and spent; a caller who left counts as nothing', () => {
  const tally = tallyOf()
  const decision = decisionOf(1, { model: 'small' })
  tally.onDecision(decisionOf(1, { reason: 'degraded', classification: null }))
  const served = { outcome: 'served', model: 'small', costUsd: 0.5 } as const
  tally.onCompletion(decision, completionOf(served))
  tally.onCompletion(decision, completionOf({ ...served, model: 'large', costUsd: null }))
  tally.onCompletion(decision, completionOf({ outcome: 'failed', firstTokenMs: null }))
  tally.onCompletion(decision, completionOf({ outcome: 'client_closed' }))
  tally.onCompletion(decision, completionOf({ ...served, cache: 'exact', costUsd: 0 }))
  expect(tally.totals()).toMatchObject({
    decisions: 1,
    degraded: 1,
    answers: 4,
    failed: 1,
    served: 3,
    fallbacks: 1,
    unpriced: 1,
    costUsd: 0.5,
  })
})

it('holds prompts against the held-out ones of the generation that serves, and forgets with another', () => {
  const generation = { number: 1, manifest: { heldOut } }
  const tally = tallyOf(generation)
  for (let n = 1; n <= 100; n++) tally.onDecision(classified(n, 0.3))
  expect(tally.quality()).toMatchObject([{ kind: 'confidence_drift' }])
  generation.number = 2
  expect(tally.quality()).toEqual([])
})

it('takes no prompt for drift that was pinned, inherited, or decided by a canary', () => {
  const tally = tallyOf()
  for (let n = 1; n <= 300; n++) {
    tally.onDecision(classified(n, 0.3, { reason: 'pinned' }))
    tally.onDecision(classified(n, 0.3, { reason: 'session' }))
    tally.onDecision(classified(n, 0.3, { arm: 'canary' }))
  }
  expect(tally.quality()).toEqual([])
})
