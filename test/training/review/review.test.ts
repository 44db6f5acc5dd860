// A real database and a generation on disk; the queue is found in its own process, and in this one.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createRandom } from '../../../src/core/statistics/random.ts'
import type { Decision } from '../../../src/core/types.ts'
import { withReadOnly } from '../../../src/store/sqlite/read-only.ts'
import type { StoreText } from '../../../src/store/store.ts'
import { writeReport } from '../../../src/training/generations/generation-report.ts'
import { findItems } from '../../../src/training/review/find-items.ts'
import { createReview, type ReviewOptions } from '../../../src/training/review/review.ts'
import type { NewRouteItem, ReviewList } from '../../../src/training/review/review-item.ts'
import { setCurrent } from '../../../src/vector-index/generation-store.ts'
import { decisionOf, feedbackOf, idOf, openStoreHere } from '../../store/fixtures.ts'
import {
  ENCODER_ID,
  madeRows,
  ROUTES,
  rowNear,
  SHAPE,
  writeMadeGeneration,
} from '../../support/made-generations.ts'
import { exampleConfig, temporaryFolder } from '../../support/training-folder.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const config = exampleConfig(ROUTES)
const world = { dir: '', index: '', generation: 0 }

beforeAll(async () => {
  world.dir = await mkdtemp(join(tmpdir(), 'signalbox-review-'))
  world.index = join(world.dir, 'index')
  world.generation = await writeMadeGeneration(world.index, madeRows({ perRoute: 30, seed: 1 }))
  await setCurrent(world.index, world.generation)
})

afterAll(() => rm(world.dir, { recursive: true, force: true }))

const NEW_CENTRE = (() => {
  const random = createRandom(4711)
  return Float32Array.from({ length: SHAPE.dimensions }, () => random() - 0.5)
})()

/** Forty prompts of the routes, then thirty of a kind that has none. */
const prompts = () => {
  const random = createRandom(17)
  const known = madeRows({ perRoute: 10, seed: 2, prefix: 'asked' })
  const fresh = Array.from({ length: 30 }, (_, i) => ({
    text: `water the ${['roses', 'tulips', 'ferns'][i % 3]} in the garden, bed ${i}`,
    vector: rowNear(NEW_CENTRE, random, 0.5),
  }))
  return [...known, ...fresh]
}

const inProcess: NonNullable<ReviewOptions['find']> = (job) =>
  withReadOnly(job.databaseFile, (store) => findItems(job, store))

const setUp = async (
  options: { storeText?: StoreText; find?: ReviewOptions['find'] | null } = {},
) => {
  const { storeText = 'full', find = inProcess } = options
  const dir = await temporaryFolder()
  const paths = {
    index: world.index,
    database: join(dir, 'signalbox.db'),
    trainingData: join(dir, 'training-data'),
  }
  const store = await openStoreHere({ file: paths.database, storeText })
  prompts().forEach(({ text, vector }, n) => {
    const changes: Partial<Decision> = {
      routingText: { text, digest: `digest ${n}`, isTruncated: false, hasSignal: true, flags: [] },
      embedding: vector,
      encoderId: ENCODER_ID,
      reason: n < 40 ? 'matched' : 'below_threshold',
    }
    store.recordDecision(decisionOf(n, changes), 'pending')
  })
  let ids = 0
  const review = createReview({
    config: () => config,
    paths,
    store,
    newId: () => idOf(5_000_000 + ++ids),
    now: () => 1_700_000_200_000,
    ...(find && { find }),
  })
  return { review, store, paths }
}

const newRouteOf = ({ items }: ReviewList): NewRouteItem => {
  const [item] = items
  if (item?.kind !== 'new_route') throw new Error('the first item is no new route')
  return item
}

describe('the queue', () => {
  it('is the same in a process of its own as in this one, and of the kind asked for', async () => {
    const { review, paths, store } = await setUp({ find: null })
    const found = await review.list({ limit: 5 })
    expect(found.decisions).toBe(70)
    expect(found.generation).toBe(world.generation)
    expect(found.items.map(({ kind }) => kind)).toEqual(['new_route', ...Array(5).fill('decision')])
    const here = createReview({
      ...{ config: () => config, paths, store, newId: () => idOf(1), now: () => 0 },
      find: inProcess,
    })
    expect(await here.list({ limit: 5 })).toEqual(found)
    const decisions = await here.list({ limit: 3, kind: 'decision' })
    expect(decisions.items.map(({ kind }) => kind)).toEqual(Array(3).fill('decision'))
  })

  it('proposes a route for prompts of a kind that has none', async () => {
    const { review } = await setUp()
    const item = newRouteOf(await review.list({ kind: 'new_route' }))
    expect(item.prompts).toBe(30)
    expect(item.name).toMatch(/garden|water|bed/)
    expect(item.exemplars.length).toBeGreaterThanOrEqual(10)
    expect(item.exemplars.every(({ text }) => text?.startsWith('water the'))).toBe(true)
    expect(item.why).toContain('30 past prompts')
  })

  it('says why each decision is there, and leaves out what a person has voted on', async () => {
    const { review, store } = await setUp()
    const before = await review.list({ kind: 'decision', limit: 200 })
    for (const item of before.items) {
      expect(item).toMatchObject({
        kind: 'decision',
        why: expect.stringMatching(/stands for \d+ prompt/),
      })
    }
    const [first, second] = before.items.map((item) => item.id.slice(2)) as [string, string]
    await store.addFeedback(feedbackOf(1, { decisionId: first }))
    await store.addFeedback(
      feedbackOf(2, { decisionId: second, source: 'implicit', implicitKind: 're_ask' }),
    )
    const after = (await review.list({ kind: 'decision', limit: 200 })).items
    expect(after.some(({ id }) => id === `d_${first}`)).toBe(false)
    const disliked = after.find(({ id }) => id === `d_${second}`)
    expect(disliked?.why).toContain('speaks against the decision')
  })

  it('shows the nearest exemplars of a prompt whose text is not stored', async () => {
    const { review } = await setUp({ storeText: 'off' })
    const { items } = await review.list({})
    expect(newRouteOf({ items, decisions: 0, generation: 1 })).toMatchObject({ name: 'route_1' })
    const decision = items.find(({ kind }) => kind === 'decision')
    expect(decision).toMatchObject({ text: null, nearest: [{ exemplarId: 'e1', route: 'code' }] })
  })

  it('is empty before there is a database', async () => {
    const { review, paths, store } = await setUp()
    await store.close()
    await rm(paths.database)
    expect(await review.list({})).toEqual({ items: [], decisions: 0, generation: null })
  })
})

describe('a ruling on a decision', () => {
  it('is a vote of the reviewer, and hides it', async () => {
    const { review, store } = await setUp()
    const [right, wrong, hidden] = (await review.list({ kind: 'decision', limit: 3 })).items.map(
      ({ id }) => id,
    ) as [string, string, string]
    await review.rule({ id: right, action: 'accept', author: 'ann' })
    await review.rule({
      id: wrong,
      action: 'relabel',
      route: 'cooking',
      note: 'a dish',
      author: 'ann',
    })
    await review.rule({ id: hidden, action: 'reject', author: 'ann' })
    const votes = await store.listFeedback()
    expect(votes).toMatchObject([
      { decisionId: right.slice(2), verdict: 'good', correctRoute: null, source: 'review' },
      { decisionId: wrong.slice(2), verdict: 'bad', correctRoute: 'cooking', comment: 'a dish' },
    ])
    expect(votes.map(({ principal }) => principal)).toEqual(['review:ann', 'review:ann'])
    const left = (await review.list({ kind: 'decision', limit: 200 })).items.map(({ id }) => id)
    for (const id of [right, wrong, hidden]) expect(left).not.toContain(id)
  })

  it('refuses a route that is not configured, and an item that there is not', async () => {
    const { review, store } = await setUp()
    const id = `d_${idOf(3)}`
    const author = 'ann'
    await expect(review.rule({ id, action: 'relabel', author })).rejects.toMatchObject({
      code: 'invalid_request',
      param: 'route',
    })
    await expect(
      review.rule({ id, action: 'relabel', route: 'cokking', author }),
    ).rejects.toMatchObject({
      code: 'route_not_found',
      message: expect.stringContaining('cooking'),
    })
    for (const none of ['d_nope', 'x_1', 'd', 'n_0123456789ab', 'c_fb_none']) {
      await expect(review.rule({ id: none, action: 'accept', author })).rejects.toMatchObject({
        code: 'not_found',
      })
    }
    expect(await store.listRulings()).toEqual([])
  })
})

describe('a ruling on a new route', () => {
  it('writes its exemplars, and says what signalbox.yaml lacks', async () => {
    const { review, paths } = await setUp()
    const item = newRouteOf(await review.list({ kind: 'new_route' }))
    const result = await review.rule({
      ...{ id: item.id, action: 'accept', route: 'gardening', author: 'ann' },
    })
    expect(result.yaml).toContain('gardening:')
    expect(result.message).toContain('signalbox.yaml')
    const lines = (await readFile(join(paths.trainingData, 'gardening.jsonl'), 'utf8'))
      .trim()
      .split('\n')
    expect(lines.length).toBe(item.exemplars.length)
    expect(JSON.parse(lines[0] as string)).toMatchObject({ route: 'gardening', source: 'feedback' })
    expect((await review.list({ kind: 'new_route' })).items).toEqual([])
    // Once more writes nothing twice.
    await review.rule({ id: item.id, action: 'accept', route: 'gardening', author: 'ann' })
    const again = await readFile(join(paths.trainingData, 'gardening.jsonl'), 'utf8')
    expect(again.trim().split('\n').length).toBe(lines.length)
  })

  it('refuses a name that is taken, and then writes nothing', async () => {
    const { review, paths, store } = await setUp()
    const { id } = newRouteOf(await review.list({ kind: 'new_route' }))
    const accept = (route: string) => review.rule({ id, action: 'accept', route, author: 'ann' })
    for (const route of ['code', 'none', 'Not A Name']) {
      await expect(accept(route)).rejects.toMatchObject({ code: 'invalid_request', param: 'route' })
    }
    await review.rule({ id, action: 'relabel', route: 'writing', author: 'ann' })
    const file = join(paths.trainingData, 'plants.jsonl')
    await writeFile(file, '{"text":"another thing","route":"plants"}\n')
    await expect(accept('plants')).rejects.toMatchObject({ code: 'invalid_request' })
    expect(await readFile(file, 'utf8')).not.toContain('water')
    expect((await store.listRulings()).map(({ action }) => action)).toEqual(['relabel'])
    expect(await readFile(join(paths.trainingData, 'writing.jsonl'), 'utf8')).toContain('water')
  })

  it('hides a rejected cluster, also after more prompts of its kind came', async () => {
    const { review, store } = await setUp()
    const { id } = newRouteOf(await review.list({ kind: 'new_route' }))
    await review.rule({ id, action: 'reject', author: 'ann' })
    const random = createRandom(8)
    for (let n = 100; n < 120; n++) {
      const text = `water the hedge ${n}`
      store.recordDecision(
        decisionOf(n, {
          routingText: { text, digest: text, isTruncated: false, hasSignal: true, flags: [] },
          embedding: rowNear(NEW_CENTRE, random, 0.4),
          encoderId: ENCODER_ID,
        }),
        'pending',
      )
    }
    expect((await review.list({ kind: 'new_route' })).items).toEqual([])
  })

  it('cannot make exemplars of texts that are not stored', async () => {
    const { review } = await setUp({ storeText: 'off' })
    const { id } = newRouteOf(await review.list({ kind: 'new_route' }))
    await expect(review.rule({ id, action: 'accept', author: 'ann' })).rejects.toMatchObject({
      code: 'invalid_exemplar',
    })
  })
})

describe('a candidate', () => {
  const waiting = { exemplarId: 'fb_1', route: 'math', text: 'two and two', decisionIds: [idOf(1)] }

  it('comes from the newest report, and is ruled by its exemplar', async () => {
    const index = join(await temporaryFolder(), 'index')
    await writeReport(index, {
      ...{ generation: 9, parent: null, trigger: 'command', author: 'ann', createdAtMs: 1 },
      ...{ outcome: 'promoted', reason: 'It passed.', digest: 'd', gate: null },
      ...{ accepted: [], rejected: [], quarantined: [], confirmed: 0 },
      queued: [{ ...waiting, reason: 'The votes disagree.' }],
    })
    const { store, paths } = await setUp()
    const review = createReview({
      ...{ config: () => config, store, newId: () => idOf(7_000_000), now: () => 5 },
      paths: { ...paths, index },
      find: inProcess,
    })
    const { items } = await review.list({ kind: 'candidate' })
    expect(items).toMatchObject([{ id: 'c_fb_1', why: 'The votes disagree.', route: 'math' }])
    await review.rule({ id: 'c_fb_1', action: 'relabel', route: 'code', author: 'ann' })
    expect(await store.listRulings()).toMatchObject([
      { subject: 'candidate', subjectId: 'fb_1', action: 'relabel', route: 'code', author: 'ann' },
    ])
    expect((await review.list({ kind: 'candidate' })).items).toEqual([])
  })
})
