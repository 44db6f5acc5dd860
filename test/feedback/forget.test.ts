import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Feedback } from '../../src/core/records/feedback.ts'
import type { Decision } from '../../src/core/types.ts'
import { possibleExemplars } from '../../src/feedback/exemplar-ids.ts'
import { type ForgetDeps, forget, forgetQueryOf } from '../../src/feedback/forget.ts'
import { feedbackExemplarId } from '../../src/training/exemplars/exemplar-line.ts'
import { generationName } from '../../src/vector-index/generation-name.ts'
import { feedbackOf } from '../store/fixtures.ts'
import { createImport, decisionFor, feedbackConfig } from './fixtures.ts'

const sha = (value: string): string => createHash('sha256').update(value).digest('hex')

const setUp = async (storeText: 'full' | 'off' = 'full') => {
  const { folder, store } = await createImport({ storeText })
  const indexDir = join(folder, 'index')
  const forgotten: unknown[] = []
  const deps: ForgetDeps = {
    store,
    indexDir,
    routes: Object.keys(feedbackConfig.routes),
    forgetInMemory: (query) => forgotten.push(query),
  }
  const ask = (id: string, text: string, changes: Partial<Decision> = {}) =>
    store.recordDecision(decisionFor(text, { id, ...changes }), 'dry_run')
  const vote = (decisionId: string, changes: Partial<Feedback> = {}) =>
    store.addFeedback(
      feedbackOf(1, { id: `vote ${decisionId}`, decisionId, correctRoute: 'finance', ...changes }),
    )
  const generation = (number: number, ids: string[]) => {
    const dir = join(indexDir, generationName(number))
    mkdirSync(dir, { recursive: true })
    const lines = ids.map(
      (id) => `${JSON.stringify({ id, text: 't', route: 'finance', source: 'feedback' })}\n`,
    )
    writeFileSync(join(dir, 'exemplars.jsonl'), lines.join(''))
    writeFileSync(join(indexDir, 'current'), `${generationName(number)}\n`)
  }
  return { store, deps, ask, vote, generation, forgotten }
}

describe('forgetting', () => {
  it('deletes decisions and votes, and names the exemplars that came of them', async () => {
    const { store, deps, ask, vote, generation, forgotten } = await setUp()
    ask('a', 'an endless loop', { sessionId: 's1' })
    ask('b', 'another loop', { sessionId: 's1' })
    ask('c', 'a loop of somebody else', { sessionId: 's2' })
    for (const id of ['a', 'b', 'c']) await vote(id)
    const ofA = feedbackExemplarId('finance', 'an endless loop')
    const ofC = feedbackExemplarId('finance', 'a loop of somebody else')
    // A reviewer took it for another route than the vote named.
    const relabelled = feedbackExemplarId('general', 'another loop')
    generation(1, ['ex_000000000000', relabelled])
    generation(2, [ofC])
    generation(3, [ofA, relabelled, ofC])

    const query = forgetQueryOf({ sessionId: 's1' })
    const dry = await forget(query, deps, { dryRun: true })
    expect(dry).toMatchObject({ dryRun: true, decisions: 2, votes: 2 })
    expect((await store.listFeedback()).length).toBe(3)
    expect(forgotten).toEqual([])

    const report = await forget(query, deps)
    expect(report).toMatchObject({
      dryRun: false,
      decisions: 2,
      votes: 2,
      currentGeneration: 3,
      generations: [
        { generation: 1, exemplarIds: [relabelled] },
        { generation: 3, exemplarIds: [ofA, relabelled] },
      ],
      turnsInMemory: 1,
    })
    expect(new Set(report.exemplars)).toEqual(new Set([ofA, relabelled]))
    expect(report.remaining.slice(0, 2)).toEqual([
      '2 exemplars of the current generation came from them: rebuild, and they are gone.',
      'Generations that hold them besides are removed at the next rebuild: 1.',
    ])
    expect((await store.listFeedback()).map(({ decisionId }) => decisionId)).toEqual(['c'])
    expect(await store.getDecision('a')).toBeNull()
    const kept = await store.listForgottenExemplars()
    expect(kept).toEqual(expect.arrayContaining([ofA, relabelled]))
    expect(kept).not.toContain(ofC)
    expect(forgotten).toEqual([{ sessionId: 's1' }])
  })

  it('deletes one decision and its votes, and leaves the others of its session', async () => {
    const { store, deps, ask, vote, generation, forgotten } = await setUp()
    ask('a', 'an endless loop', { sessionId: 's1' })
    ask('b', 'another loop', { sessionId: 's1' })
    for (const id of ['a', 'b']) await vote(id)
    const ofA = feedbackExemplarId('finance', 'an endless loop')
    generation(1, [ofA, feedbackExemplarId('finance', 'another loop')])
    const report = await forget(forgetQueryOf({ decisionId: 'a' }), deps)
    expect(report).toMatchObject({ decisions: 1, votes: 1, exemplars: [ofA] })
    expect(await store.getDecision('a')).toBeNull()
    expect((await store.listFeedback()).map(({ decisionId }) => decisionId)).toEqual(['b'])
    expect(forgotten).toEqual([{ decisionId: 'a' }])
  })

  it('finds exemplars by their vectors where no text is stored', async () => {
    const { store, deps, ask, vote, generation } = await setUp('off')
    ask('a', 'an endless loop', { userDigest: sha('ann') })
    await vote('a')
    const { embedding } = decisionFor('an endless loop')
    const bytes = new Uint8Array((embedding as Float32Array).buffer)
    const id = feedbackExemplarId('finance', createHash('sha256').update(bytes).digest('hex'))
    generation(1, [id])
    const report = await forget(forgetQueryOf({ user: 'ann' }), deps)
    expect(report).toMatchObject({ decisions: 1, votes: 1, exemplars: [id] })
    expect(await store.listForgottenExemplars()).toContain(id)
  })

  it('takes a key, and leaves those of others', async () => {
    const { deps, ask } = await setUp()
    ask('a', 'x', { principal: 'key-1' })
    ask('b', 'y', { principal: 'key-2' })
    const report = await forget(forgetQueryOf({ key: 'key-1' }), deps)
    expect(report).toMatchObject({ decisions: 1, votes: 0, exemplars: [], currentGeneration: null })
  })

  it('says what it does not reach where no server is asked', async () => {
    const { deps } = await setUp()
    const report = await forget({ sessionId: 'x' }, { ...deps, forgetInMemory: null })
    expect(report.turnsInMemory).toBeNull()
    expect(report.remaining.join(' ')).toMatch(/running server keeps answers.*backups/)
  })

  it.each([{}, { sessionId: 'a', user: 'b' }, { key: '' }])('wants exactly one: %o', (wish) => {
    expect(() => forgetQueryOf(wish)).toThrow('exactly one')
  })
})

it('an exemplar id is worked out for the route taken and the one named, and for all that a reviewer may name', () => {
  const vote = { text: 'x', embedding: null, route: 'code', correctRoute: 'gone' }
  const { likely, possible } = possibleExemplars([vote], ['code', 'finance'])
  expect([...likely]).toEqual(['code', 'gone'].map((route) => feedbackExemplarId(route, 'x')))
  expect([...possible]).toEqual(
    ['code', 'finance', 'gone'].map((route) => feedbackExemplarId(route, 'x')),
  )
})
