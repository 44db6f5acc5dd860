// A replay as its generation's page shows it, and how much the buttons that forget say goes; in process.
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { StoredDecision } from '../../src/core/records/stored-decision.ts'
import { createDeferred } from '../../src/jobs/deferred.ts'
import type { JobOptions } from '../../src/jobs/run-job.ts'
import type { DescribedGeneration } from '../../src/training/generations/listed-generation.ts'
import { createReplays } from '../../src/training/replay/background-replays.ts'
import type { ReplayReport } from '../../src/training/reports/gate-report.ts'
import { fakeDecision } from '../support/http-fakes.ts'
import { createDashboardApp, csrfIn } from './dashboard-app.ts'

const GENERATION = {
  ...{ generation: 4, status: 'kept', problem: null, createdAtMs: null, exemplars: 10 },
  ...{ fromFeedback: 0, heldOut: null, recallAt10: null, search: 'exact', parent: null },
  ...{ report: null, history: [] },
} as unknown as DescribedGeneration

const REPORT = {
  ...{ generation: 4, replayed: 900, changed: 9, changedShare: 0.01, moves: [], examples: [] },
  ...{ voted: { rows: 5, fixes: 2, breaks: 1 }, durationMs: 2_500 },
} as unknown as ReplayReport

const openReplayed = async () => {
  const clock = { nowMs: 1_000_000 }
  const end = createDeferred<ReplayReport>()
  let tell: JobOptions['onProgress']
  const replays = createReplays({
    run: (_, { onProgress } = {}) => {
      tell = onProgress
      return end.promise
    },
    now: () => clock.nowMs,
  })
  const { deps } = await createDashboardApp()
  const generations = { ...deps.admin.generations, get: async () => GENERATION }
  const app = await createDashboardApp({}, { admin: { ...deps.admin, generations, replays } })
  const cookie = await app.signIn(app.add({ roles: ['admin'] }).secret)
  app.clock.nowMs = clock.nowMs
  return {
    ...app,
    cookie,
    own: clock,
    end,
    tell: (done: number, total: number) => tell?.({ stage: 'replay', done, total }),
  }
}

it('a replay is begun by a button, tells how far it is and how long it takes at most, and keeps what it came to', async () => {
  const { get, post, cookie, clock, own, end, tell } = await openReplayed()
  const path = '/dashboard/learning/generations/4'
  const page = await (await get(path, { cookie })).text()
  expect(page).toContain('Replay now')
  const asked = { cookie, 'hx-request': 'true' }
  const begun = await (await post(`${path}/replay`, { csrf: csrfIn(page) }, asked)).text()
  expect(begun).toContain('reading past decisions')
  expect(begun).toContain(`hx-get="${path}/replay"`)
  expect(begun).not.toContain('Replay now')
  tell(1_000, 10_000)
  clock.nowMs = own.nowMs + 2_000
  const running = await (await get(`${path}/replay`, asked)).text()
  expect(running).toContain('1,000 of at most 10,000 decisions, 500 a second, at most 18.00 s left')
  end.resolve(REPORT)
  await setImmediate()
  for (const shown of [`${path}/replay`, path]) {
    const done = await (await get(shown, asked)).text()
    expect(done).toContain('which took 2.50 s')
    expect(done).toContain('9 (1.0 %)')
    expect(done).toContain('Replay now')
    expect(done).not.toContain('every 1s')
  }
})

const openDecision = async (ofSession: number) => {
  const decision = {
    ...fakeDecision(),
    sessionId: 'a-session',
    outcome: 'served',
    completion: null,
  }
  const { get, add, signIn } = await createDashboardApp({
    getDecision: async () => decision as unknown as StoredDecision,
    countForgettable: async () => ofSession,
  })
  const read = async (role: 'admin' | 'viewer') => {
    const cookie = await signIn(add({ roles: [role] }).secret)
    return (await get('/dashboard/decisions/x', { cookie })).text()
  }
  return { read }
}

it('a decision is forgotten alone or with its session, of which it says how much it is', async () => {
  const { read } = await openDecision(1_234)
  const page = await read('admin')
  expect(page).toContain('Forget this decision')
  expect(page).toContain('Forget all 1,234 of its session')
  expect(page).toContain('hx-confirm="Delete all 1,234 decisions of this session')
  expect(await read('viewer')).not.toContain('Forget')
  const alone = await (await openDecision(1)).read('admin')
  expect(alone).toContain('Forget this decision')
  expect(alone).not.toContain('of its session')
})
