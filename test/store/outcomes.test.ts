// Outcomes of served requests, read off decisions and votes, and evaluated prompts with a table of their own.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { EvaluatedPrompt } from '../../src/core/records/model-outcome.ts'
import {
  completionOf,
  decisionOf,
  feedbackOf,
  idOf,
  openStoreHere,
  temporaryFolder,
} from './fixtures.ts'

const open = () => openStoreHere({ file: join(temporaryFolder(), 'signalbox.db') })

const servedStore = async () => {
  const store = await open()
  for (const [n, changes] of [
    [1, {}],
    [2, { flaw: 'refused' as const }],
    [3, { outcome: 'failed' as const, costUsd: null }],
  ] as const) {
    store.recordDecision(decisionOf(n), 'pending')
    store.completeDecision(idOf(n), completionOf(changes))
  }
  store.recordDecision(decisionOf(4), 'dry_run')
  await store.flush()
  return store
}

const vote = (n: number, changes: Parameters<typeof feedbackOf>[1]) =>
  feedbackOf(n, { decisionId: idOf(1), correctRoute: null, score: null, ...changes })

const evaluated = (n: number, changes: Partial<EvaluatedPrompt> = {}): EvaluatedPrompt => ({
  id: `o_${n}`,
  label: 'code',
  text: `prompt ${n}`,
  embedding: Float32Array.of(n, 0.5),
  encoderId: 'mini/int8',
  scores: { small: 0.5, large: 1 },
  costs: {},
  principal: 'key-1',
  createdAtMs: 1_700_000_000_000 + n,
  ...changes,
})

describe('outcomes of served requests', () => {
  it('are read off decisions that were called, the newest first, with error and flaw', async () => {
    const store = await servedStore()
    const outcomes = await store.listServedOutcomes({ limit: 10 })
    expect(outcomes.map(({ id }) => id)).toEqual([3, 2, 1].map(idOf))
    expect(outcomes[0]).toMatchObject({ outcome: 'failed', errorCode: 'upstream_error' })
    expect(outcomes[1]).toMatchObject({ flaw: 'refused', model: 'small-model', score: null })
    expect(await store.listServedOutcomes({ limit: 10, before: idOf(2) })).toHaveLength(1)
    expect(await store.listServedOutcomes({ limit: 10, route: 'chat' })).toEqual([])
  })

  it('weigh votes by their source, and leave out those that are about the route', async () => {
    const store = await servedStore()
    await store.addVotes([
      vote(1, { principal: 'a', verdict: 'good' }),
      vote(2, { principal: 'b', verdict: 'bad', source: 'review' }),
      vote(3, { principal: 'c', verdict: 'bad', correctRoute: 'chat' }),
      vote(4, { principal: 'd', verdict: 'bad', source: 'implicit', implicitKind: 'regenerate' }),
    ])
    const [outcome] = await store.listServedOutcomes({ limit: 1, before: idOf(2) })
    expect(outcome?.weight).toBeCloseTo(4.2)
    expect(outcome?.score).toBeCloseTo(1 / 4.2)
    expect(outcome?.isRegenerated).toBe(true)
  })

  it('are found by the time of their votes', async () => {
    const store = await servedStore()
    const { createdAtMs } = vote(1, {})
    await store.addVotes([vote(1, {})])
    const since = (votedSinceMs: number) => store.listServedOutcomes({ limit: 9, votedSinceMs })
    expect((await since(createdAtMs - 1)).map(({ id }) => id)).toEqual([idOf(1)])
    expect(await since(createdAtMs)).toEqual([])
  })

  it('teach where they were scored or refused', async () => {
    const store = await servedStore()
    await store.addVotes([vote(1, { score: 0.75 })])
    const examples = await store.listServedExamples({ limit: 10 })
    expect(examples.map(({ id, score, flaw }) => [id, score, flaw])).toEqual([
      [idOf(2), null, 'refused'],
      [idOf(1), 0.75, null],
    ])
    expect(examples[1]?.embedding).toEqual(decisionOf(1).embedding)
  })

  it('are summed by route and model, and by what a route has cost', async () => {
    const store = await servedStore()
    await store.addVotes([vote(1, { score: 0.5 })])
    expect(await store.outcomeTotals(0)).toEqual([
      {
        ...{
          route: 'code',
          model: 'small-model',
          requests: 3,
          served: 2,
          truncated: 0,
          refused: 1,
        },
        ...{ regenerated: 0, scored: 1, score: 0.5, priced: 2, costUsd: 0.000246 },
        ...{ firstTokenMs: 120.5, totalMs: 800 },
      },
    ])
    expect(await store.routeSpend(0)).toEqual([{ route: 'code', requests: 3, costUsd: 0.000246 }])
    expect(await store.routeSpend(1_800_000_000_000)).toEqual([])
  })
})

describe('evaluated prompts', () => {
  it('come back as they were written, and take the place of those of the same id', async () => {
    const store = await open()
    expect(await store.addEvaluatedPrompts([evaluated(1), evaluated(2)])).toEqual([false, false])
    const changed = evaluated(2, { text: null, costs: { small: 0.001 } })
    expect(await store.addEvaluatedPrompts([changed])).toEqual([true])
    expect(await store.listEvaluatedPrompts({ limit: 10 })).toEqual([evaluated(1), changed])
    expect(await store.listEvaluatedPrompts({ limit: 10, after: 'o_1' })).toEqual([changed])
  })

  it('go by age, with the key that imported them, or all together', async () => {
    const store = await open()
    await store.addEvaluatedPrompts([1, 2, 3].map((n) => evaluated(n)))
    await store.addEvaluatedPrompts([evaluated(4, { principal: 'key-2' })])
    expect(await store.deleteExpiredEvaluations(1_700_000_000_002)).toBe(1)
    await store.forget({ principal: 'key-2' }, [])
    const left = await store.listEvaluatedPrompts({ limit: 10 })
    expect(left.map(({ id }) => id)).toEqual(['o_2', 'o_3'])
    expect(await store.deleteEvaluatedPrompts()).toBe(2)
  })
})
