// A pipeline, a store and their kin that answer from memory, for tests of http/ alone.
import { performance } from 'node:perf_hooks'
import type { Access } from '../../src/access/access.ts'
import { createLimits } from '../../src/access/limits.ts'
import type { Config } from '../../src/config/config-schema.ts'
import { checkConfig } from '../../src/config/load-config.ts'
import { hasRole, LOCAL_PRINCIPAL } from '../../src/core/decide/gateway-key.ts'
import { parseRequestedModel } from '../../src/core/decide/requested-model.ts'
import type { Feedback } from '../../src/core/records/feedback.ts'
import type { StoredDecision } from '../../src/core/records/stored-decision.ts'
import type { StoredResponse } from '../../src/core/records/stored-response.ts'
import type { Attempt, Classification, Completion, Decision } from '../../src/core/types.ts'
import { RouterError } from '../../src/errors.ts'
import { createBodyBudget } from '../../src/http/request/body-budget.ts'
import type { Admin, ChatReply, HttpDeps } from '../../src/http/request/deps.ts'
import type { Pipeline } from '../../src/pipeline.ts'
import type { ChatRequest, RouteRequest } from '../../src/routing/request.ts'
import type { DecisionQuery } from '../../src/store/store.ts'
import { createReplays } from '../../src/training/replay/background-replays.ts'
import { fakeFeedbackAdmin } from './feedback-fakes.ts'

/** Checked, by the changes. */
const checked = new Map<string, Config>()

/** A copy of its own for each caller. */
export const fakeConfig = (changes: Record<string, unknown> = {}): Config => {
  const key = JSON.stringify(changes)
  const known = checked.get(key) ?? checkFake(changes)
  checked.set(key, known)
  return structuredClone(known)
}

const checkFake = (changes: Record<string, unknown>): Config =>
  checkConfig(
    {
      providers: { demo: { kind: 'echo' } },
      models: {
        small: { provider: 'demo', name: 'small-1' },
        'vendor/large:free': { provider: 'demo', name: 'large-1' },
      },
      routes: {
        code: { models: ['vendor/large:free'] },
        smalltalk: { models: ['small'] },
        general: { models: ['small'] },
      },
      default_route: 'general',
      ...changes,
    },
    'the test configuration',
  )

export const fakeDecision = (changes: Partial<Decision> = {}): Decision => ({
  id: '0198c0de-0000-7000-8000-000000000001',
  createdAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  requestId: 'req-1',
  sessionId: null,
  requestedModel: 'auto',
  routingText: {
    text: 'Fix my loop',
    digest: '0'.repeat(64),
    isTruncated: false,
    hasSignal: true,
    flags: [],
  },
  embedding: Float32Array.of(0.6, 0.8),
  route: 'code',
  model: 'vendor/large:free',
  reason: 'matched',
  degradedBy: null,
  confidence: 0.91234567,
  margin: 0.8,
  threshold: 0.5,
  scores: [
    { route: 'code', score: 0.91234567 },
    { route: 'smalltalk', score: 0.08765433 },
  ],
  neighbours: [
    { exemplarId: 'ex-1', route: 'code', similarity: 0.93 },
    { exemplarId: 'gone', route: 'smalltalk', similarity: 0.4 },
  ],
  indexGeneration: 42,
  encoderId: 'hash/2',
  configVersion: 'c0ffee',
  timings: { routingTextMs: 0.1, embedMs: 2, searchMs: 0.2, scoreMs: 0.05, totalMs: 2.35 },
  recipe: 2,
  classification: null,
  inherited: null,
  skipped: [],
  selection: null,
  wordLogits: null,
  arm: null,
  userDigest: null,
  principal: null,
  ...changes,
})

/** Two routes: the trained head is for `code`, the neighbours are against it, the centroids are not asked. */
export const fakeClassification = (changes: Partial<Classification> = {}): Classification => ({
  scores: [
    { route: 'code', score: 0.75 },
    { route: 'smalltalk', score: 0.25 },
  ],
  confidence: 0.8,
  margin: 0.5,
  neighbours: [],
  novelty: -1.5,
  noveltyLimit: 4,
  parts: {
    routes: ['code', 'smalltalk'],
    head: Float32Array.of(0.75, 0.25),
    neighbours: Float32Array.of(0.375, 0.625),
    centroids: Float32Array.of(0.5, 0.5),
    words: null,
    weights: { head: 1, neighbours: 0.5, centroids: 0, words: 0 },
    sharpness: 1,
    twinShare: 0,
  },
  ...changes,
})

export const fakeAttempt = (changes: Partial<Attempt> = {}): Attempt => ({
  provider: 'demo',
  model: 'vendor/large:free',
  startedAtMs: Date.UTC(2026, 0, 2, 3, 4, 6),
  durationMs: 0,
  status: 200,
  errorCode: null,
  ...changes,
})

export const completionBody = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  model: 'large-1',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'héllo 🙂' }, finish_reason: 'stop' },
  ],
  x_vendor: { kept: true },
}

export interface FakePipeline extends Pipeline {
  routed: RouteRequest[]
  chatted: ChatRequest[]
  /** What the next `chat` answers; a json completion by default. */
  reply: ChatReply
  /** The next `chat` ends in this upstream error. */
  failure: RouterError | null
  /** The next call rejects with this before there is a decision. */
  rejection: unknown
  decision: Decision
  attempts: Attempt[]
  /** False where the test itself tells what became of a request. */
  isCompleting: boolean
}

/** As record-completion.ts tells it: at once, or when the stream has ended. */
const completionOf = async (
  decision: Decision,
  { attempts, failure, reply }: Pick<FakePipeline, 'attempts' | 'failure' | 'reply'>,
): Promise<Completion> => {
  const known = { model: attempts.at(-1)?.model ?? decision.model, attempts, totalMs: 12 }
  const unserved = { ...known, usage: null, costUsd: null }
  if (failure) return { ...unserved, outcome: 'failed', firstTokenMs: null }
  if (reply.kind === 'json') {
    const costUsd = reply.usage ? 0.25 : null
    return { ...known, outcome: 'served', usage: reply.usage, costUsd, firstTokenMs: 11 }
  }
  const { outcome, usage } = await reply.end
  return { ...unserved, outcome, usage, firstTokenMs: 5 }
}

export const createFakePipeline = (config: Config): FakePipeline => {
  const known = { routes: Object.keys(config.routes), models: Object.keys(config.models) }
  const decide = (request: RouteRequest): Decision => {
    if (fake.rejection !== null) throw fake.rejection
    parseRequestedModel(request.model, known)
    return { ...fake.decision, requestId: request.requestId, sessionId: request.sessionId }
  }
  const fake: FakePipeline = {
    routed: [],
    chatted: [],
    reply: { kind: 'json', status: 200, body: completionBody, usage: null },
    failure: null,
    rejection: null,
    decision: fakeDecision(),
    attempts: [fakeAttempt()],
    isCompleting: true,
    route: async (request) => {
      fake.routed.push(request)
      return decide(request)
    },
    chat: async (request) => {
      fake.chatted.push(request)
      const decision = decide(request)
      const { attempts, failure, reply } = fake
      if (fake.isCompleting) void completionOf(decision, fake).then(request.onComplete)
      return failure
        ? { decision, result: { kind: 'error', error: failure, attempts } }
        : { decision, result: { kind: 'reply', reply, attempts } }
    },
  }
  return fake
}

type RealStore = HttpDeps['store']

export interface FakeStore extends RealStore {
  decisions: StoredDecision[]
  responses: StoredResponse[]
  feedback: Feedback[]
  queries: DecisionQuery[]
  /** While true, everything answers `store_unavailable`. */
  isFull: boolean
}

export const createFakeStore = (): FakeStore => {
  const check = () => {
    if (fake.isFull) throw new RouterError('store_unavailable', 'The database is full.')
  }
  const fake: FakeStore = {
    decisions: [],
    responses: [],
    feedback: [],
    queries: [],
    isFull: false,
    getDecision: async (id) => {
      check()
      return fake.decisions.find((decision) => decision.id === id) ?? null
    },
    listDecisions: async (query) => {
      check()
      fake.queries.push(query)
      const decisions = fake.decisions.slice(0, query.limit)
      const isLast = decisions.length === fake.decisions.length
      return { decisions, nextCursor: isLast ? null : (decisions.at(-1)?.id ?? null) }
    },
    addFeedback: async (feedback) => {
      check()
      if (!fake.decisions.some(({ id }) => id === feedback.decisionId)) {
        throw new RouterError('decision_not_found', 'No stored decision has this id.')
      }
      const replaced = fake.feedback.some(({ decisionId }) => decisionId === feedback.decisionId)
      fake.feedback.push(feedback)
      return { replaced }
    },
    addResponse: async (response) => {
      check()
      fake.responses.push(response)
    },
    getResponse: async (query) => {
      check()
      const isAsked = (one: StoredResponse) =>
        one.id === query.id && one.principal === query.principal && one.expiresAtMs > query.nowMs
      return fake.responses.find(isAsked) ?? null
    },
    getResponseChain: async (query) => {
      const last = await fake.getResponse(query)
      if (last === null || last.previousId === null) return last && [last]
      const earlier = await fake.getResponseChain({ ...query, id: last.previousId })
      return earlier && [...earlier, last]
    },
    deleteResponse: async ({ id, principal }) => {
      const left = fake.responses.filter((one) => one.id !== id || one.principal !== principal)
      const isDeleted = left.length < fake.responses.length
      fake.responses = left
      return isDeleted
    },
  }
  return fake
}

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error'
  facts: Record<string, unknown>
  message: string
}

/** A local encoder of four numbers that tells lengths apart. */
const createFakeEmbeddings = (): HttpDeps['embeddings'] => ({
  localModel: 'tiny-encoder',
  isLocal: (model) => ['tiny-encoder', 'local'].includes(model),
  localDimensions: () => 4,
  embedLocally: async (texts) => ({
    vectors: texts.map((text) => Float32Array.of(0.6, 0, 0.8, 0).fill(0.6, text.length % 4)),
    tokens: texts.join(' ').split(' ').length,
  }),
  embedUpstream: async (model) => {
    throw new RouterError('model_not_found', 'No such model.', { details: { model } })
  },
})

/** A server on loopback before its first key was made. */
export const openAccess = (): Access => {
  const refuse = async (): Promise<never> => {
    throw new RouterError('internal', 'This fake keeps no keys.')
  }
  return {
    authenticate: async () => LOCAL_PRINCIPAL,
    recall: async () => null,
    isLockedOut: () => false,
    budgetUse: () => [],
    sharesWith: (principal) => (hasRole(principal, 'admin') ? null : new Set([principal.id])),
    limits: createLimits({
      used: [],
      onUsage: () => {},
      now: Date.now,
      monotonicMs: () => performance.now(),
    }),
    createKey: refuse,
    listKeys: refuse,
    revokeKey: refuse,
    close: async () => {},
  }
}

/** Begins and ends whatever it is told to, and has no arms. */
const fakeArms = (): Admin['arms'] => {
  const describe = async () => ({ current: 42, shadow: null, canary: null })
  return { describe, startShadow: describe, startCanary: describe, end: describe }
}

/** No generations, and no rebuild that could begin. */
export const fakeGenerations = (): Admin['generations'] => {
  const refuse = async (): Promise<never> => {
    throw new RouterError('not_found', 'This fake has no generations.')
  }
  return {
    list: async () => ({ current: null, generations: [] }),
    get: refuse,
    promote: refuse,
    rollBack: refuse,
    history: async () => [],
    rebuild: async () => ({ id: 'rebuild-1' }),
    rebuildState: () => ({ running: null, last: null }),
  }
}

/** Takes every configuration, and serves by the same ever after. */
const fakeConfigAdmin = (config: Config): Admin['config'] => {
  const loaded = { config, version: 'c0ffee', text: '', path: null }
  const atMs = Date.UTC(2026, 0, 2)
  const state = (): ReturnType<Admin['config']['state']> => ({
    wanted: loaded,
    serving: loaded,
    restartRequired: [],
    lastError: null,
    author: 'a test',
    cause: 'start',
    atMs,
  })
  const change = async () => ({
    isApplied: true,
    plan: {
      from: 'c0ffee',
      to: 'c0ffee',
      changes: [],
      restartRequired: [],
      replay: null,
      summary: 'Nothing changes.',
    },
    state: state(),
  })
  return {
    state,
    put: change,
    rollback: change,
    check: async () => {
      throw new Error('No configuration is checked here.')
    },
    activations: async () => [],
    version: async () => ({ hash: 'c0ffee', text: '', author: 'a test', createdAtMs: atMs }),
  }
}

const fakeAdmin = (config: Config): Admin => ({
  arms: fakeArms(),
  config: fakeConfigAdmin(config),
  exemplars: { list: async () => [], rule: async () => {} },
  feedback: fakeFeedbackAdmin(),
  generations: fakeGenerations(),
  outcomes: {
    list: async () => [],
    totals: async () => [],
    importRows: async () => ({ rows: 0, added: 0, replaced: 0, priced: 0, models: [] }),
  },
  replays: createReplays({
    run: () => Promise.reject(new Error('This fake replays nothing.')),
    now: () => 0,
  }),
  replay: async () => {
    throw new RouterError('index_unavailable', 'This fake replays nothing.')
  },
  review: {
    list: async () => ({ items: [], decisions: 0, generation: null }),
    rule: async () => {
      throw new RouterError('not_found', 'This fake reviews nothing.')
    },
    addRoute: async ({ route }) => ({ route, message: 'Written.', yaml: null }),
  },
})

export interface FakeHttpDeps extends HttpDeps {
  pipeline: FakePipeline
  store: FakeStore
  lines: LogLine[]
  state: { isDraining: boolean; isReady: boolean; isShedding: boolean }
  /** Resolves with the next log line for which `matches` holds, past ones included. */
  logged(matches: (line: LogLine) => boolean): Promise<LogLine>
}

/** Everything createApp needs, with handles to steer and watch it. */
export const createFakeDeps = (configChanges: Record<string, unknown> = {}): FakeHttpDeps => {
  const config = fakeConfig(configChanges)
  const lines: LogLine[] = []
  const watchers = new Set<() => void>()
  const state = { isDraining: false, isReady: true, isShedding: false }
  let ids = 0
  const at =
    (level: LogLine['level']) =>
    (facts: Record<string, unknown>, message: string): void => {
      lines.push({ level, facts, message })
      for (const look of watchers) look()
    }
  return {
    config,
    configVersion: 'c0ffee',
    access: openAccess(),
    pipeline: createFakePipeline(config),
    embeddings: createFakeEmbeddings(),
    forward: async (model, { withModel }) => ({
      bytes: (await withModel(model)).bytes,
      contentType: 'application/json',
    }),
    countTokens: async ({ model }) => ({ tokens: 42, isEstimated: model === null }),
    store: createFakeStore(),
    exemplars: (ids) =>
      new Map(ids.includes('ex-1') ? [['ex-1', { text: 'Debug this', source: 'seed' }]] : []),
    explainDecision: async () => {
      throw new RouterError('decision_not_found', 'This fake explains nothing.')
    },
    admin: fakeAdmin(config),
    readiness: () => ({
      isReady: state.isReady,
      checks: { encoder: { ok: state.isReady, detail: state.isReady ? 'warm' : 'starting' } },
    }),
    metrics: {
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      text: async () => 'signalbox_up 1\n',
      onRequest: () => {},
    },
    logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    newId: () => `id-${++ids}`,
    now: () => Date.UTC(2026, 0, 2),
    elapsedMs: () => performance.now(),
    isDraining: () => state.isDraining,
    bodies: createBodyBudget(config.server),
    loop: {
      enter: () => ({ touch: () => {}, leave: () => {} }),
      isShedding: () => state.isShedding,
      countShed: () => {},
    },
    lines,
    state,
    logged: (matches) =>
      new Promise((resolve) => {
        const look = () => {
          const line = lines.find(matches)
          if (!line) return
          watchers.delete(look)
          resolve(line)
        }
        watchers.add(look)
        look()
      }),
  }
}
