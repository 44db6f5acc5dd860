// Feedback against a real store and real keys: who may vote on what, how often it counts, and what an admin sees of it.
import { describe, expect, it } from 'vitest'
import { createAccess } from '../../src/access/access.ts'
import { touchKeyStamp } from '../../src/access/key-stamp.ts'
import { type KeyWish, makeKey } from '../../src/access/new-key.ts'
import { createFeedbackAdmin } from '../../src/feedback/feedback-admin.ts'
import { createApp } from '../../src/http/app.ts'
import {
  importedFeedbackSchema,
  MAX_IMPORT_ROWS,
  voteListSchema,
} from '../../src/http/endpoints/admin/feedback-schemas.ts'
import { forgottenSchema } from '../../src/http/endpoints/admin/forget.ts'
import { errorSchema } from '../../src/http/openapi/error-schemas.ts'
import { memoryKeyStore } from '../access/fixtures.ts'
import { createImport, decisionFor } from '../feedback/fixtures.ts'
import { recordingLogger } from '../store/fixtures.ts'
import { createFakeDeps } from '../support/http-fakes.ts'

const setUp = async () => {
  const { folder, store, deps: importDeps, routed } = await createImport()
  const deps = createFakeDeps({
    routes: {
      code: { models: ['small'] },
      finance: { models: ['small'] },
      general: { models: ['small'] },
    },
  })
  const keys = memoryKeyStore()
  const logger = recordingLogger()
  deps.access = await createAccess({
    config: deps.config,
    store: keys.store,
    dataDir: folder,
    logger,
  })
  const app = createApp({
    ...deps,
    store,
    admin: {
      ...deps.admin,
      feedback: createFeedbackAdmin({
        ...importDeps,
        config: deps.config,
        store,
        indexDir: folder,
        routes: Object.keys(deps.config.routes),
        forgetInMemory: () => 0,
      }),
    },
  })
  const add = (wish: Partial<KeyWish> = {}) => {
    const { key, secret } = makeKey(
      { name: 'test', roles: ['feedback'], ...wish },
      { config: deps.config, creator: null, nowMs: Date.now() },
    )
    keys.keys.push(key)
    touchKeyStamp(folder)
    return { id: key.id, headers: { authorization: `Bearer ${secret}` } }
  }
  const send = async (path: string, headers: object, body?: unknown): Promise<Response> =>
    app.request(path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  return { store, add, send, routed }
}

const codeOf = async (response: Response) => [
  response.status,
  errorSchema.parse(await response.json()).error.code,
]

describe('a vote', () => {
  it('is refused without a key, for an unknown decision, for one of another and for one that expired', async () => {
    const { store, add, send } = await setUp()
    const own = add({ owner: 'shop' })
    store.recordDecision(decisionFor('a loop', { id: 'own', principal: own.id }), 'dry_run')
    store.recordDecision(decisionFor('b loop', { id: 'other', principal: 'bank' }), 'dry_run')
    store.recordDecision(
      decisionFor('c loop', { id: 'old', principal: own.id, createdAtMs: 1 }),
      'dry_run',
    )
    await store.flush()
    await store.deleteExpired({ beforeMs: 2, votedBeforeMs: 2, limit: 10 })
    const vote = (decision_id: string) => ({
      decision_id,
      verdict: 'bad',
      correct_route: 'finance',
    })
    expect(await codeOf(await send('/v1/feedback', {}, vote('own')))).toEqual([
      401,
      'invalid_api_key',
    ])
    const forged = { authorization: 'Bearer sb-000000000000-forged' }
    expect(await codeOf(await send('/v1/feedback', forged, vote('own')))).toEqual([
      401,
      'invalid_api_key',
    ])
    for (const id of ['other', 'old', 'never was']) {
      expect(await codeOf(await send('/v1/feedback', own.headers, vote(id)))).toEqual([
        404,
        'decision_not_found',
      ])
    }
    expect(await store.listFeedback()).toEqual([])
    expect((await send('/v1/feedback', own.headers, vote('own'))).status).toBe(201)
  })

  it('counts once however often it is sent, and the last one holds', async () => {
    const { store, add, send } = await setUp()
    const own = add()
    store.recordDecision(decisionFor('a loop', { id: 'own', principal: own.id }), 'dry_run')
    const told = new Map<boolean, number>()
    for (let wave = 0; wave < 10; wave++) {
      const verdict = wave % 2 === 0 ? 'good' : 'bad'
      const vote = { decision_id: 'own', verdict }
      const sent = Array.from({ length: 100 }, () => send('/v1/feedback', own.headers, vote))
      for (const response of await Promise.all(sent)) {
        expect(response.status).toBe(201)
        const { replaced } = (await response.json()) as { replaced: boolean }
        told.set(replaced, (told.get(replaced) ?? 0) + 1)
      }
    }
    expect(Object.fromEntries(told)).toEqual({ false: 1, true: 999 })
    expect(await store.listFeedback()).toMatchObject([{ verdict: 'bad', principal: own.id }])
  }, 60_000)

  it('is one for each of two keys of an owner', async () => {
    const { store, add, send } = await setUp()
    const [first, second] = [add({ owner: 'shop' }), add({ owner: 'shop' })]
    store.recordDecision(decisionFor('a loop', { id: 'own', principal: first.id }), 'dry_run')
    for (const { headers } of [first, second, second]) {
      await send('/v1/feedback', headers, { decision_id: 'own', verdict: 'good' })
    }
    expect((await store.listFeedback()).length).toBe(2)
  })
})

describe('/admin/feedback', () => {
  it('takes labelled rows, tells of each, and takes them once', async () => {
    const { store, add, send, routed } = await setUp()
    const admin = add({ roles: ['admin'] })
    store.recordDecision(decisionFor('asked', { id: 'asked' }), 'dry_run')
    const rows = [
      { text: 'an endless loop', route: 'code' },
      { text: 'an endless loop of tax', route: 'finance' },
      { text: 'x', route: 'nowhere' },
      { decision_id: 'asked', verdict: 'good' },
    ]
    const dry = await send('/admin/feedback', admin.headers, { rows, dry_run: true })
    expect(importedFeedbackSchema.parse(await dry.json()).summary).toMatchObject({ refused: 1 })
    expect(routed).toEqual([])
    const response = await send('/admin/feedback', admin.headers, { rows })
    expect(response.status).toBe(200)
    const { data, summary } = importedFeedbackSchema.parse(await response.json())
    expect(
      data.map(({ row, status, verdict, correct_route }) => [row, status, verdict, correct_route]),
    ).toEqual([
      [0, 'added', 'good', null],
      [1, 'added', 'bad', 'finance'],
      [2, 'refused', null, null],
      [3, 'added', 'good', null],
    ])
    expect(summary).toMatchObject({ rows: 4, added: 3, refused: 1, agreed: 1, corrected: 1 })
    const again = await send('/admin/feedback', admin.headers, { rows })
    expect(importedFeedbackSchema.parse(await again.json()).summary).toMatchObject({
      added: 0,
      unchanged: 3,
    })
    expect((await store.listFeedback()).length).toBe(3)
  })

  it('lists votes newest first, page by page, by source and by key', async () => {
    const { store, add, send } = await setUp()
    const admin = add({ roles: ['admin'] })
    for (const id of ['a', 'b', 'c']) {
      store.recordDecision(decisionFor(id, { id, principal: admin.id }), 'dry_run')
    }
    const rows = ['a', 'b', 'c'].map((decision_id) => ({ decision_id, verdict: 'good' }))
    await send('/admin/feedback', admin.headers, { rows })
    await send('/v1/feedback', admin.headers, { decision_id: 'a', verdict: 'bad', comment: 'no' })
    const list = async (query: string) =>
      voteListSchema.parse(await (await send(`/admin/feedback${query}`, admin.headers)).json())
    const first = await list('?limit=3&source=import')
    expect(first.data.map(({ decision_id }) => decision_id)).toEqual(['c', 'b', 'a'])
    expect(first.next_cursor).toBeNull()
    const page = await list('?limit=2&source=import')
    expect(page.data).toHaveLength(2)
    const rest = await list(`?limit=2&source=import&before=${page.next_cursor}`)
    expect(rest.data.map(({ decision_id }) => decision_id)).toEqual(['a'])
    expect(await list(`?principal=${admin.id}`)).toMatchObject({
      data: [{ object: 'vote', source: 'explicit', verdict: 'bad', comment: 'no' }],
    })
    expect((await send('/admin/feedback?source=rumour', admin.headers)).status).toBe(400)
  })

  it('refuses more rows than it may take, and none', async () => {
    const { add, send } = await setUp()
    const admin = add({ roles: ['admin'] })
    for (const rows of [[], Array(MAX_IMPORT_ROWS + 1).fill(0)]) {
      expect(await codeOf(await send('/admin/feedback', admin.headers, { rows }))).toEqual([
        400,
        'invalid_request',
      ])
    }
  })
})

describe('/admin/forget', () => {
  it('counts in a dry run, then deletes', async () => {
    const { store, add, send } = await setUp()
    const admin = add({ roles: ['admin'] })
    store.recordDecision(decisionFor('a loop', { id: 'a', sessionId: 's1' }), 'dry_run')
    const ask = async (body: object) =>
      forgottenSchema.parse(await (await send('/admin/forget', admin.headers, body)).json())
    expect(await ask({ session_id: 's1', dry_run: true })).toMatchObject({ decisions: 1 })
    expect(await store.getDecision('a')).not.toBeNull()
    expect(await ask({ session_id: 's1' })).toMatchObject({ dry_run: false, decisions: 1 })
    expect(await store.getDecision('a')).toBeNull()
    expect(await ask({ session_id: 's1' })).toMatchObject({ decisions: 0 })
  })

  it.each([{}, { session_id: 'a', user: 'b' }, { session_id: '' }, { sessions: 'a' }])(
    'wants exactly one of its three names: %o',
    async (body) => {
      const { add, send } = await setUp()
      const admin = add({ roles: ['admin'] })
      expect((await send('/admin/forget', admin.headers, body)).status).toBe(400)
    },
  )
})
