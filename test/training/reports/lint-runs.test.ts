import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { RouterError } from '../../../src/errors.ts'
import { createDeferred, type Deferred } from '../../../src/jobs/deferred.ts'
import type { LintReport } from '../../../src/training/reports/lint-report.ts'
import { createLintRuns } from '../../../src/training/reports/lint-runs.ts'

const report = { findings: [] } as unknown as LintReport

const open = () => {
  const checks: Deferred<LintReport>[] = []
  const clock = { nowMs: 0 }
  const runs = createLintRuns({
    run: () => {
      const check = createDeferred<LintReport>()
      checks.push(check)
      return check.promise
    },
    now: () => ++clock.nowMs,
  })
  return { runs, checks }
}

it('checks once at a time, in the background, and keeps what the last check found', async () => {
  const { runs, checks } = open()
  expect(runs.state()).toEqual({ isRunning: false, last: null, problem: null })
  runs.start()
  runs.start()
  expect(checks).toHaveLength(1)
  expect(runs.state()).toMatchObject({ isRunning: true, last: null })
  checks[0]?.resolve(report)
  await setImmediate()
  expect(runs.state()).toEqual({ isRunning: false, last: { report, atMs: 1 }, problem: null })
})

it('says why a check came to no end, and keeps what the one before found', async () => {
  const { runs, checks } = open()
  runs.start()
  checks[0]?.resolve(report)
  await setImmediate()
  runs.start()
  checks[1]?.reject(new RouterError('encoder_unavailable', 'The encoder is still warming up.'))
  await setImmediate()
  expect(runs.state()).toMatchObject({
    isRunning: false,
    last: { report, atMs: 1 },
    problem: 'The encoder is still warming up.',
  })
  runs.start()
  checks[2]?.resolve(report)
  await setImmediate()
  expect(runs.state()).toMatchObject({ last: { atMs: 2 }, problem: null })
})
