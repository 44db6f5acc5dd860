import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { RouterError } from '../../../src/errors.ts'
import { createDeferred, type Deferred } from '../../../src/jobs/deferred.ts'
import type { JobOptions } from '../../../src/jobs/run-job.ts'
import { createReplays } from '../../../src/training/replay/background-replays.ts'
import type { ReplayReport } from '../../../src/training/reports/gate-report.ts'

const report = { replayed: 7 } as ReplayReport

const open = () => {
  const begun: {
    generation: number | undefined
    options: JobOptions
    end: Deferred<ReplayReport>
  }[] = []
  const clock = { nowMs: 100 }
  const replays = createReplays({
    run: ({ generation }, options = {}) => {
      const end = createDeferred<ReplayReport>()
      begun.push({ generation, options, end })
      return end.promise
    },
    now: () => clock.nowMs++,
  })
  return { replays, begun }
}

it('says how far a replay is, and then what it came to', async () => {
  const { replays, begun } = open()
  expect(replays.state()).toEqual({ running: null, last: null })
  replays.start(4)
  expect(replays.state().running).toEqual({ generation: 4, startedAtMs: 100, done: 0, atMost: 0 })
  begun[0]?.options.onProgress?.({ stage: 'replay', done: 1_024, total: 10_000 })
  expect(replays.state().running).toMatchObject({ done: 1_024, atMost: 10_000, startedAtMs: 100 })
  begun[0]?.end.resolve(report)
  await setImmediate()
  const last = { generation: 4, finishedAtMs: 101, report, problem: null }
  expect(replays.state()).toEqual({ running: null, last })
})

it('runs one at a time', async () => {
  const { replays, begun } = open()
  replays.start(4)
  expect(() => replays.start(5)).toThrow('Generation 4 is being replayed')
  begun[0]?.end.resolve(report)
  await setImmediate()
  replays.start(5)
  expect(begun.map(({ generation }) => generation)).toEqual([4, 5])
})

it('says why a replay came to no end', async () => {
  const { replays, begun } = open()
  replays.start(4)
  begun[0]?.end.reject(new RouterError('build_in_progress', 'Another replay is running.'))
  await setImmediate()
  expect(replays.state()).toMatchObject({
    running: null,
    last: { generation: 4, report: null, problem: 'Another replay is running.' },
  })
})
