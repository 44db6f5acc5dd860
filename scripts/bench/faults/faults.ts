// `npm run bench:faults [-- --fast] [-- --json]`: the sixteen scenarios of the crash test against the built server, over
// sockets; once with streams held back (all must pass), once with live streams (none may fail). The timeouts are those that
// Signalbox ships with; `--fast` shortens them. How a case is scored is written at the head of score.ts. Exits 1 where the
// expectation is not met.
import { Option } from 'commander'
import type { FakeProvider, Fault } from '../../rig/fake-provider.ts'
import {
  answer,
  FAULTS_BY_MODEL,
  firstTime,
  slowToken,
  startFaultyProvider,
  status,
} from '../../rig/faulty-provider.ts'
import { note } from '../../terminal/output.ts'
import { runBench } from '../harness.ts'
import { runOutage } from './outage.ts'
import { FAST, FULL, type Profile } from './profile.ts'
import {
  describeResults,
  isMet,
  MODES,
  type Mode,
  type Results,
  type ScenarioResult,
} from './results.ts'
import { type Bench, type CaseResult, runCase } from './run-case.ts'
import { type Scenario, scenarios } from './scenarios.ts'
import { worst } from './score.ts'
import { startServerUnderTest } from './server-under-test.ts'

interface Options {
  fast?: boolean
}

/** Faults that depend on the profile, and the one that the bench switches. */
const ownFaults = ({ retryAfterS, slowTokenMs }: Profile, isDown: () => boolean) => {
  const faults: Record<string, Fault> = {
    '429-after': firstTime(status(429, {}, { 'retry-after': String(retryAfterS) })),
    'slow-token': slowToken(slowTokenMs),
    outage: (x) => (isDown() ? FAULTS_BY_MODEL['reset-forever']?.(x) : answer(x)),
  }
  return faults
}

const runScenario = async (bench: Bench, scenario: Scenario): Promise<ScenarioResult> => {
  const cases: CaseResult[] = []
  const run = scenario.isOutage ? runOutage : runCase
  for (const spec of scenario.cases) {
    for (const form of spec.forms) cases.push(await run(bench, { scenario, spec, form }))
  }
  const { number, name } = scenario
  return { number, name, score: worst(cases).score, cases }
}

const runMode = async (
  folder: string,
  mode: Mode,
  context: Omit<Bench, 'url'>,
): Promise<ScenarioResult[]> => {
  const { provider, profile } = context
  const server = await startServerUnderTest(folder, provider.baseUrl, { profile, mode })
  const results: ScenarioResult[] = []
  try {
    for (const scenario of scenarios) {
      note(`${mode}: ${scenario.number} ${scenario.name}`)
      results.push(await runScenario({ ...context, url: server.url }, scenario))
    }
    return results
  } finally {
    await server.stop()
  }
}

const runAll = async (profile: Profile, folder: string): Promise<Results> => {
  let isDown = false
  const setDown = (down: boolean): void => {
    isDown = down
  }
  const provider: FakeProvider = await startFaultyProvider(ownFaults(profile, () => isDown))
  try {
    const results: Partial<Results> = {}
    for (const mode of MODES) {
      provider.attempts.length = 0
      results[mode] = await runMode(folder, mode, { provider, profile, setDown })
    }
    return results as Results
  } finally {
    await provider.close()
  }
}

const timeoutsText = ({ settings, resilience }: Profile): string => {
  const isShipped = Object.keys(settings).length === 0
  const { first_token_timeout_ms: token, idle_timeout_ms: idle } = resilience
  return `${isShipped ? 'timeouts as shipped' : 'timeouts shortened'}: first token ${token} ms, idle ${idle} ms`
}

await runBench({
  name: 'bench:faults',
  description: 'What clients see when a provider fails, in sixteen ways.',
  options: [new Option('--fast', 'shortens the shipped timeouts and the waits to a twentieth')],
  isTimed: false,
  run: async ({ fast }: Options, folder) => {
    const profile = fast ? FAST : FULL
    const startedAtMs = performance.now()
    const results = await runAll(profile, folder)
    const seconds = Math.round((performance.now() - startedAtMs) / 1_000)
    return { profile: profile.name, isMet: isMet(results), seconds, ...results }
  },
  describe: ({ profile, seconds, ...results }, { fast }) => [
    ...describeResults(results),
    '',
    `${profile} profile (${timeoutsText(fast ? FAST : FULL)}), ${seconds} s`,
  ],
  isMet: (result) => result.isMet,
})
