// What each page of the dashboard reads from the store, for the bench: by the functions of the pages themselves, with what is not
// of the store made up.
import { loadConfig } from '../../src/config/load-config.ts'
import type { DecisionSearch } from '../../src/core/records/decision-search.ts'
import { readVotes } from '../../src/dashboard/pages/decisions/votes.tsx'
import { mapPoints } from '../../src/dashboard/pages/map/map-points.ts'
import { readModels } from '../../src/dashboard/pages/models/model-rows.ts'
import { readWaiting } from '../../src/dashboard/pages/overview/health.tsx'
import { readOverview } from '../../src/dashboard/pages/overview/read.ts'
import { readExemplars } from '../../src/dashboard/pages/routes/exemplar-list.ts'
import type { DeskMap } from '../../src/dashboard/request/deps.ts'
import type { Desk } from '../../src/dashboard/request/desk.ts'
import { RANGES, timeRange } from '../../src/dashboard/request/time-range.ts'
import { gatherEvidence } from '../../src/receipts/evidence.ts'
import type { Store } from '../../src/store/store.ts'
import { createExemplarAccounts } from '../../src/training/candidates/exemplar-accounts.ts'

export const BENCH_ROUTES = [
  ...['code', 'math', 'writing', 'general', 'smalltalk', 'translation', 'planning'],
]

export const BENCH_EXEMPLARS = Array.from({ length: 7_000 }, (_, i) => ({
  id: `exemplar-${i}`,
  route: BENCH_ROUTES[i % BENCH_ROUTES.length] as string,
  text: `exemplar ${i}`,
  source: 'seed' as const,
}))

const NO_FILTER: DecisionSearch = {
  ...{ limit: 50, before: null, route: null, reason: null, outcome: null, model: null },
  ...{ principal: null, sessionId: null, below: null, error: null, text: null },
}

const SEARCHES: Record<string, Partial<DecisionSearch>> = {
  newest: {},
  'of a route': { route: 'planning' },
  'of a model': { model: 'medium' },
  'of a key': { principal: 'key-three' },
  'of a session': { sessionId: 'session-7' },
  'of little confidence': { below: 0.55 },
  'with a text': { text: 'not there' },
  'with an error': { error: 'any' },
}

const MAP: DeskMap = {
  ...{ generation: 1, kind: 'axes', isPending: false, exemplars: BENCH_EXEMPLARS },
  ...{ places: new Float32Array(2 * BENCH_EXEMPLARS.length), unseen: null, nearest: null },
  place: () => [0, 0],
}

/** What pages are given, as far as their reading needs it. */
const deskOf = (store: Store, range: string): Desk => {
  const { config } = loadConfig({ env: {}, cwd: '/' })
  const accounts = createExemplarAccounts({ config, store, newId: () => '', now: Date.now })
  const deps = {
    ...{ store, config, edits: { edits: () => [] }, modelHealth: () => [] },
    live: () => ({ number: 1, exemplars: BENCH_EXEMPLARS, manifest: { createdAtMs: 0 } }),
    admin: {
      exemplars: accounts,
      feedback: { listVotes: (query: Parameters<Store['listVotes']>[0]) => store.listVotes(query) },
      review: { list: async () => ({ items: [], decisions: 0, generation: 1 }) },
      generations: { list: async () => ({ generations: [], current: null }) },
    },
  }
  return { deps, range: timeRange(range, Date.now()), nowMs: Date.now() } as unknown as Desk
}

const readDecision = async (store: Store, desk: Desk): Promise<void> => {
  const [newest] = (await store.searchDecisions({ ...NO_FILTER, limit: 1 })).decisions
  if (!newest) return
  const decision = await store.getDecision(newest.id)
  if (decision) await readVotes(desk, decision)
  await gatherEvidence([newest.id], store)
}

const readLearning = async (store: Store): Promise<void> => {
  await store.countNewVotes(0)
  await store.shadowSummary(1)
  await store.listArmVotes({ decidedSinceMs: 0, votedSinceMs: 0, limit: 5_000 })
}

const readAccess = async (store: Store): Promise<void> => {
  await store.listKeys()
  await store.readKeyUsage('2000-01-01')
  await store.listConfigActivations()
  await store.listConfigVersions()
}

type Read = () => Promise<unknown>

/** By page, in the order of the navigation; what has a time range once for each. */
export const pageReads = (store: Store): [page: string, read: Read][] => {
  const ranges = Object.keys(RANGES)
  const desk = deskOf(store, '24h')
  const exemplars = { route: 'code', words: '', after: '', order: 'harm' as const }
  return [
    ...ranges.map((range): [string, Read] => [
      `overview ${range}`,
      async () => [await readOverview(deskOf(store, range)), await readWaiting(desk)],
    ]),
    ...Object.entries(SEARCHES).map(([name, search]): [string, Read] => [
      `decisions ${name}`,
      () => store.searchDecisions({ ...NO_FILTER, ...search }),
    ]),
    ['decision', () => readDecision(store, desk)],
    ['try it', () => store.listConfigActivations()],
    // A desk of its own each time: accounts are kept until there is another vote.
    ['map', () => mapPoints(deskOf(store, '24h'), MAP, { by: 'votes', layout: 'axes' })],
    ['routes', () => readExemplars(deskOf(store, '24h').deps, exemplars)],
    ['learning', () => readLearning(store)],
    ...ranges.map((range): [string, Read] => [
      `models ${range}`,
      () => readModels(deskOf(store, range)),
    ]),
    ['access', () => readAccess(store)],
  ]
}
