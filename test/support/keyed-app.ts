// An app whose keys are real, over a store in memory, and a request for each of its routes.
import { createAccess } from '../../src/access/access.ts'
import { touchKeyStamp } from '../../src/access/key-stamp.ts'
import { type KeyWish, makeKey } from '../../src/access/new-key.ts'
import { createApp } from '../../src/http/app.ts'
import { ENDPOINTS } from '../../src/http/endpoints/endpoints.ts'
import { routeAccessTable } from '../../src/http/middleware/route-access.ts'
import { memoryKeyStore } from '../access/fixtures.ts'
import { recordingLogger, temporaryFolder } from '../store/fixtures.ts'
import { createFakeDeps, fakeDecision } from './http-fakes.ts'

/** The stored decision, which nobody's key has asked for. */
export const DECISION_ID = fakeDecision().id

export const createKeyedApp = async (configChanges: Record<string, unknown> = {}) => {
  const deps = createFakeDeps(configChanges)
  const memory = memoryKeyStore()
  const dataDir = temporaryFolder()
  deps.access = await createAccess({
    config: deps.config,
    store: memory.store,
    dataDir,
    logger: recordingLogger(),
  })
  deps.store.decisions = [
    { ...fakeDecision(), principal: 'somebody', outcome: 'served', completion: null },
  ]
  const app = createApp(deps)
  const add = (wish: Partial<KeyWish> = {}) => {
    const made = makeKey(
      { name: 'test', roles: ['inference'], ...wish },
      { config: deps.config, creator: null, nowMs: Date.now() },
    )
    memory.keys.push(made.key)
    touchKeyStamp(dataDir)
    return { ...made, headers: { authorization: `Bearer ${made.secret}` } }
  }
  const send = (
    path: string,
    init: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
  ): Promise<Response> => {
    const { method = init.body === undefined ? 'GET' : 'POST', headers = {}, body } = init
    return Promise.resolve(
      app.request(path, {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )
  }
  return { app, deps, memory, add, send }
}

const GEMINI = { contents: [{ role: 'user', parts: [{ text: 'x' }] }] }

/** A body that each route takes, by the route's name. */
export const BODIES: Record<string, unknown> = {
  'POST /v1/chat/completions': { model: 'auto', messages: [{ role: 'user', content: 'x' }] },
  'POST /v1/responses': { model: 'auto', input: 'x' },
  'POST /v1/responses/input_tokens': { model: 'auto', input: 'x' },
  'POST /v1/completions': { model: 'auto', prompt: 'x' },
  'POST /v1/messages': { model: 'auto', max_tokens: 9, messages: [{ role: 'user', content: 'x' }] },
  'POST /v1/messages/count_tokens': { model: 'auto', messages: [{ role: 'user', content: 'x' }] },
  'POST /v1beta/models/:model:generateContent': GEMINI,
  'POST /v1beta/models/:model:streamGenerateContent': GEMINI,
  'POST /v1beta/models/:model:countTokens': GEMINI,
  'POST /v1/embeddings': { model: 'local', input: 'x' },
  ...Object.fromEntries(
    [
      ...['images/generations', 'images/edits', 'images/variations', 'moderations'],
      ...['audio/speech', 'audio/transcriptions', 'audio/translations'],
    ].map((path) => [`POST /v1/${path}`, { model: 'small', input: 'x' }]),
  ),
  'POST /v1/route': { prompt: 'x' },
  'POST /v1/feedback': { decision_id: DECISION_ID, verdict: 'good' },
  'POST /admin/feedback': { rows: [{ text: 'x', route: 'code' }] },
  'POST /admin/forget': { session_id: 's' },
  'POST /admin/exemplars/:id': { action: 'release' },
  'POST /admin/keys': { name: 'n', roles: ['inference'] },
  'PUT /admin/config': {
    providers: { demo: { kind: 'echo' } },
    models: { small: { provider: 'demo', name: 'small' } },
    routes: { general: { models: ['small'] } },
    default_route: 'general',
  },
  'POST /admin/config/rollback': {},
  'PUT /admin/arms/shadow': { generation: 7 },
  'PUT /admin/arms/canary': { generation: 7, share: 0.1 },
}

/** What each route of the app needs, by its name. */
export const routeAccess = routeAccessTable(ENDPOINTS)

/** A request for each route of the table, with a body that it takes. */
export const requests = [...routeAccess.keys()].map((name) => {
  const [method = '', pattern = ''] = name.split(' ')
  const path = pattern.replace(':id', 'small').replace(':model', 'auto')
  const query = name.includes(':stream') ? '?alt=sse' : ''
  return { name, method, path: path + query, body: BODIES[name] }
})
