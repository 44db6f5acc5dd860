// Decisions in a real database, decided anew by generations on disk.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createClassifier } from '../../../src/core/classifier/score.ts'
import { decideTurn, routePolicy } from '../../../src/core/decide/decide-turn.ts'
import type { Classification, Decision, Inheritance } from '../../../src/core/types.ts'
import { withReadOnly } from '../../../src/store/sqlite/read-only.ts'
import type { StoreText } from '../../../src/store/store.ts'
import { isHeldOutVote } from '../../../src/training/candidates/held-out-vote.ts'
import { replay } from '../../../src/training/replay/replay.ts'
import { runReplay } from '../../../src/training/replay/replay-job.ts'
import {
  createReplayOnce,
  replayDecisions,
  toReplayJob,
} from '../../../src/training/replay/replay-request.ts'
import { createExactIndex } from '../../../src/vector-index/exact.ts'
import { setCurrent } from '../../../src/vector-index/generation-store.ts'
import { openGeneration } from '../../../src/vector-index/open-generation.ts'
import { completionOf, decisionOf, feedbackOf, idOf, openStoreHere } from '../../store/fixtures.ts'
import {
  ENCODER_ID,
  type MadeRow,
  madeRows,
  ROUTES,
  SHAPE,
  writeMadeGeneration,
} from '../../support/made-generations.ts'
import { exampleConfig, temporaryFolder } from '../../support/training-folder.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const config = exampleConfig(ROUTES)
const served = madeRows({ perRoute: 30, seed: 1, noise: 2 })
const better = [...served, ...madeRows({ perRoute: 30, seed: 5, noise: 2 })]
const prompts = madeRows({ perRoute: 20, seed: 2, noise: 3.2, prefix: 'asked' })

/** Decides one row as the pipeline does, by exact search. */
const deciderOf = async (indexDir: string, number: number) => {
  const { classifier: model, exemplars, vectors } = await openGeneration(indexDir, number)
  const index = createExactIndex({ vectors, ...SHAPE })
  const { classify } = createClassifier(model)
  const policy = routePolicy(config, model)
  return (row: Pick<MadeRow, 'text' | 'vector'>, inherited: Inheritance | null = null) => {
    const hits = index.search(row.vector, config.index.neighbours)
    const own: Classification = classify({
      text: row.text,
      embedding: row.vector,
      neighbours: hits.map(({ position, similarity }) => ({
        exemplarId: exemplars[position]?.id ?? '',
        route: exemplars[position]?.route ?? '',
        similarity,
      })),
      neighbourRows: hits.map(({ position }) =>
        vectors.subarray(position * SHAPE.dimensions, (position + 1) * SHAPE.dimensions),
      ),
    })
    const requested = { kind: 'auto' } as const
    return { ...decideTurn({ requested, own, inherited, degradedBy: null }, policy), own }
  }
}

const world = { dir: '', index: '', first: 0, second: 0 }

beforeAll(async () => {
  world.dir = await mkdtemp(join(tmpdir(), 'signalbox-replay-'))
  world.index = join(world.dir, 'index')
  world.first = await writeMadeGeneration(world.index, served)
  world.second = await writeMadeGeneration(world.index, better)
})

afterAll(() => rm(world.dir, { recursive: true, force: true }))

const setUp = async (storeText: StoreText = 'full') => {
  const { first, second } = world
  const paths = { index: world.index, database: join(await temporaryFolder(), 'signalbox.db') }
  const store = await openStoreHere({ file: paths.database, storeText })
  const decideFirst = await deciderOf(paths.index, first)
  const record = (n: number, row: MadeRow, changes: Partial<Decision> = {}) => {
    const { route, reason, threshold, own } = decideFirst(row, changes.inherited ?? null)
    const decision = decisionOf(n, {
      routingText: { text: row.text, digest: 'd', isTruncated: false, hasSignal: true, flags: [] },
      embedding: row.vector,
      encoderId: ENCODER_ID,
      indexGeneration: first,
      ...{ route, reason, threshold },
      confidence: own.confidence,
      scores: own.scores,
      ...changes,
    })
    store.recordDecision(decision, 'pending')
    store.completeDecision(decision.id, completionOf())
    return decision
  }
  const replayWith = async (generation: number, limit = 1_000) => {
    await store.flush()
    const opened = await openGeneration(paths.index, generation)
    return withReadOnly(paths.database, async (readOnly) => {
      const input = { generation: opened, config, store: readOnly, limit, sinceMs: null }
      return (await replay(input)).report
    })
  }
  return { paths, first, second, store, record, replayWith }
}

it('changes nothing with the generation that decided, and with another what it decides otherwise', async () => {
  const { paths, first, second, record, replayWith } = await setUp()
  const decisions = prompts.map((row, n) => record(n + 1, row))
  const same = await replayWith(first)
  expect(same).toMatchObject({
    generation: first,
    replayed: prompts.length,
    changed: 0,
    skipped: {},
  })
  expect(same.moves).toEqual([])

  const decideSecond = await deciderOf(paths.index, second)
  const moved = prompts.flatMap((row, n) => {
    const { route } = decideSecond(row)
    const { id: decisionId, route: from } = decisions[n] as Decision
    return route === from ? [] : [{ decisionId, from, to: route, text: row.text }]
  })
  expect(moved.length).toBeGreaterThan(3)
  const other = await replayWith(second)
  expect(other.examples).toEqual(moved.reverse())
  expect(other.changed).toBe(moved.length)
  expect(other.changedShare).toBeCloseTo(moved.length / prompts.length, 9)
  const job = { indexDir: paths.index, databaseFile: paths.database, config, generation: second }
  const { durationMs: _, ...apart } = await runReplay({ ...job, limit: 1_000, sinceMs: null })
  expect(other).toMatchObject(apart)
  expect(other.moves.reduce((sum, { decisions: n }) => sum + n, 0)).toBe(moved.length)
})

it('blends a follow-up with the earlier turn as it was recorded', async () => {
  const { paths, first, second, record, replayWith } = await setUp()
  const [a, b] = served as [MadeRow, MadeRow]
  const decideFirst = await deciderOf(paths.index, first)
  const earlier = decideFirst(a)
  const { scores, confidence, novelty } = earlier.own
  const inherited: Inheritance = {
    ...{ source: 'history', weight: 0.93, cues: ['pointer'], turnsBack: 1 },
    earlier: { route: earlier.route, scores, confidence, novelty },
    own: null,
  }
  const decision = record(1, b, { inherited })
  expect(decision.route).toBe(earlier.route)
  expect(decideFirst(b).route).not.toBe(earlier.route)
  expect(await replayWith(first)).toMatchObject({ replayed: 1, changed: 0 })
  const { route } = (await deciderOf(paths.index, second))(b, inherited)
  expect((await replayWith(second)).changed).toBe(route === decision.route ? 0 : 1)
})

it('skips what the classifier did not decide or cannot decide anew, and says how often why', async () => {
  const { first, record, replayWith } = await setUp()
  const [row] = prompts as [MadeRow]
  const toolLoop: Inheritance = {
    ...{ source: 'tool_loop', weight: 1, cues: [], turnsBack: null, own: null },
    earlier: { route: 'code', confidence: 1, novelty: 0, scores: [] },
  }
  const kinds: Partial<Decision>[] = [
    {},
    { requestedModel: 'route:code', reason: 'pinned', embedding: null },
    { reason: 'session', inherited: toolLoop },
    { reason: 'degraded', degradedBy: 'encoder_timeout', embedding: null },
    { reason: 'constrained' },
    { reason: 'no_signal', embedding: null },
    { embedding: null },
    { encoderId: 'another' },
    { embedding: new Float32Array(SHAPE.dimensions) },
  ]
  for (const [n, changes] of kinds.entries()) record(n + 1, row, { inherited: null, ...changes })
  const { replayed, skipped } = await replayWith(first)
  expect(replayed).toBe(1)
  expect(skipped).toEqual({
    ...{ pinned: 1, tool_loop: 1, degraded: 1, constrained: 1, no_signal: 1 },
    ...{ no_embedding: 1, other_encoder: 1, damaged_embedding: 1 },
  })
})

it('counts what is mended and broken by the votes that say what is right, apart for those kept from training', async () => {
  const { second, store, record, replayWith, paths } = await setUp()
  const decisions = prompts.map((row, n) => record(n + 1, row))
  await store.flush()
  let votes = 0
  const vote = (n: number, changes: object) =>
    store.addFeedback(
      feedbackOf(++votes, { decisionId: idOf(n + 1), principal: `p${votes}`, ...changes }),
    )
  for (const [n, { route }] of prompts.entries()) {
    const wasRight = decisions[n]?.route === route
    await vote(
      n,
      wasRight ? { verdict: 'good', correctRoute: null } : { verdict: 'bad', correctRoute: route },
    )
  }
  // None of these count: level votes, a guess, no route named, a route that is gone.
  await vote(0, { verdict: 'bad', correctRoute: 'general' })
  await vote(1, {
    verdict: 'bad',
    correctRoute: 'general',
    source: 'implicit',
    implicitKind: 're_ask',
  })
  await vote(2, { verdict: 'bad', correctRoute: null })
  await vote(3, { verdict: 'bad', correctRoute: 'abolished' })
  const decideSecond = await deciderOf(paths.index, second)
  const outcomes = prompts.slice(1).map((row, n) => ({
    was: decisions[n + 1]?.route === row.route,
    is: decideSecond(row).route === row.route,
    isHeldOut: isHeldOutVote(
      { text: row.text, embedding: row.vector },
      config.training.feedback.held_out_share,
    ),
  }))
  const counts = (rows: typeof outcomes) => ({
    rows: rows.length,
    fixes: rows.filter(({ was, is }) => !was && is).length,
    breaks: rows.filter(({ was, is }) => was && !is).length,
  })
  const report = await replayWith(second)
  expect(report.voted).toMatchObject(counts(outcomes))
  expect(report.voted.fixes).toBeGreaterThan(0)
  expect(report.heldOut).toMatchObject(counts(outcomes.filter(({ isHeldOut }) => isHeldOut)))
  expect(report.heldOut.rows).toBeGreaterThan(0)
})

it('decides from embeddings alone where texts are not stored, and says of how many', async () => {
  const { first, record, replayWith } = await setUp('off')
  for (const [n, row] of prompts.entries()) record(n + 1, row)
  const report = await replayWith(first)
  expect(report).toMatchObject({ replayed: prompts.length, withoutText: prompts.length })
  expect(report.changedShare).toBeLessThan(0.1)
  expect(report.examples.every(({ text }) => text === null)).toBe(true)
})

it('names the exemplar that is nearest to most prompts, a repeated prompt and a twin aside', async () => {
  const { first, record, replayWith } = await setUp()
  const [a, b] = [prompts[0] as MadeRow, served[3] as MadeRow]
  for (let n = 1; n <= 5; n++) record(n, a)
  record(6, { ...b, id: 'x' })
  const { hubs } = await replayWith(first)
  expect(hubs).toEqual([{ exemplarId: expect.any(String), route: expect.any(String), share: 0.5 }])
  expect(hubs[0]?.exemplarId).not.toBe(b.id)
})

it('takes the newest decisions up to a limit, also over several pages', async () => {
  const { first, record, replayWith } = await setUp()
  for (let n = 1; n <= 1_200; n++) record(n, prompts[n % prompts.length] as MadeRow)
  expect(await replayWith(first, 1_100)).toMatchObject({ replayed: 1_100, changed: 0 })
  expect(await replayWith(first, 5_000)).toMatchObject({ replayed: 1_200 })
})

it('refuses a second replay while one runs, an unknown generation, and a folder without decisions', async () => {
  const { paths, first, store, record } = await setUp()
  record(1, prompts[0] as MadeRow)
  const replayOnce = createReplayOnce({ paths, config: () => config, flush: () => store.flush() })
  const running = replayOnce({ generation: first })
  await expect(replayOnce({})).rejects.toMatchObject({ code: 'build_in_progress' })
  expect(await running).toMatchObject({ replayed: 1 })
  await expect(
    toReplayJob({ config, paths: { ...paths, index: join(paths.database, '..') } }, {}),
  ).rejects.toMatchObject({ code: 'index_unavailable' })
  await setCurrent(paths.index, first)
  expect(await replayOnce({})).toMatchObject({ generation: first })
  await expect(toReplayJob({ config, paths }, { generation: 9 })).rejects.toMatchObject({
    code: 'invalid_request',
    message: 'There is no generation 9; generations: 1, 2.',
  })
  const empty = { ...paths, database: join(paths.index, 'nothing.db') }
  await expect(replayDecisions({ config, paths: empty }, {})).rejects.toMatchObject({
    code: 'store_unavailable',
  })
})
