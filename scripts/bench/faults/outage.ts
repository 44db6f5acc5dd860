// The scenario of the outage: twenty requests while the primary resets every connection, then requests until it serves
// again. Every request must be served, the dead target called only a few times, and its recovery noticed.
import { setTimeout as pause } from 'node:timers/promises'
import type { Form } from './client.ts'
import {
  askWhole,
  type Bench,
  type Case,
  type CaseResult,
  callsOf,
  resultOf,
  runControl,
} from './run-case.ts'
import { namesOf } from './scenarios.ts'
import { type Verdict, worst } from './score.ts'

const REQUESTS = 20
/** Failures that open a breaker, by default. */
const TO_OPEN = 3
/** The breaker stays open for 5, 10, 20, 20 s: four probes in a minute, and one at its edge. */
const PROBES = 5

const duringOutage = async (bench: Bench, route: string, form: Form): Promise<Verdict[]> => {
  const everyMs = bench.profile.outageMs / REQUESTS
  const verdicts: Verdict[] = []
  for (let n = 0; n < REQUESTS; n += 1) {
    const [own, control] = await Promise.all([
      askWhole(bench, route, form),
      runControl(bench, form),
      pause(everyMs),
    ])
    verdicts.push(own.verdict, control)
  }
  const calls = callsOf(bench.provider, route).outage?.length ?? 0
  const maxCalls = TO_OPEN + PROBES
  if (calls <= maxCalls) return verdicts
  const why = `${calls} calls of the dead target, ${maxCalls} allowed`
  return [...verdicts, { score: 'partial', why }]
}

const afterOutage = async (bench: Bench, route: string, form: Form): Promise<Verdict[]> => {
  const { recoveryMs, outageMs } = bench.profile
  const verdicts: Verdict[] = []
  const upAtMs = performance.now()
  while (performance.now() - upAtMs <= recoveryMs) {
    const [{ verdict, model }] = await Promise.all([
      askWhole(bench, route, form),
      pause(outageMs / REQUESTS / 2),
    ])
    verdicts.push(verdict)
    if (model?.startsWith('outage')) return verdicts
  }
  return [...verdicts, { score: 'partial', why: `not back on the primary in ${recoveryMs} ms` }]
}

export const runOutage = async (bench: Bench, testCase: Case): Promise<CaseResult> => {
  const { route } = namesOf(testCase.scenario, testCase.spec, testCase.form)
  const startedAtMs = performance.now()
  bench.setDown(true)
  const during = await duringOutage(bench, route, testCase.form)
  bench.setDown(false)
  const after = await afterOutage(bench, route, testCase.form)
  const tookMs = performance.now() - startedAtMs
  return resultOf(bench, testCase, { ...worst([...during, ...after]), tookMs })
}
