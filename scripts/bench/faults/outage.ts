// The scenario of the outage: twenty requests while the primary resets every connection, then requests until it serves
// again. Everybody must be served throughout, the dead target hardly be asked, and its recovery be noticed.
import { setTimeout as pause } from 'node:timers/promises'
import { ask, type Form, formName, read } from './client.ts'
import { type Bench, type CaseResult, callsOf, countsOf, runControl } from './run-case.ts'
import { type CaseSpec, namesOf, type Scenario } from './scenario.ts'
import { unreadable, type Verdict, wholeAnswerProblem, worst } from './score.ts'

const REQUESTS = 20
/** Failures that open a breaker, by default. */
const TO_OPEN = 3
/** The breaker stays open for 5, 10, 20, 20 s: four probes in a minute, and one at its edge. */
const PROBES = 5

interface Served {
  verdict: Verdict
  model: string | null
}

const askOnce = async ({ url }: Bench, route: string, form: Form): Promise<Served> => {
  try {
    const received = await ask(url, `route:${route}`, form)
    const problem = wholeAnswerProblem({ received, reading: read(received, form), calls: {} })
    const verdict: Verdict =
      problem === null ? { score: 'pass', why: '' } : { score: 'fail', why: problem }
    return { verdict, model: received.header('x-router-model') }
  } catch (error) {
    return { verdict: unreadable(error), model: null }
  }
}

const duringOutage = async (bench: Bench, route: string, form: Form): Promise<Verdict[]> => {
  const everyMs = bench.profile.outageMs / REQUESTS
  const verdicts: Verdict[] = []
  for (let n = 0; n < REQUESTS; n += 1) {
    const [own, control] = await Promise.all([
      askOnce(bench, route, form),
      runControl(bench, form),
      pause(everyMs),
    ])
    verdicts.push(own.verdict, control)
  }
  const asked = callsOf(bench.wall, route).outage?.length ?? 0
  const most = TO_OPEN + PROBES
  if (asked <= most) return verdicts
  return [
    ...verdicts,
    { score: 'partial', why: `${asked} calls of the dead target, ${most} allowed` },
  ]
}

const afterOutage = async (bench: Bench, route: string, form: Form): Promise<Verdict[]> => {
  const { recoveryMs, outageMs } = bench.profile
  const verdicts: Verdict[] = []
  const upAtMs = performance.now()
  while (performance.now() - upAtMs <= recoveryMs) {
    const [{ verdict, model }] = await Promise.all([
      askOnce(bench, route, form),
      pause(outageMs / REQUESTS / 2),
    ])
    verdicts.push(verdict)
    if (model?.startsWith('outage')) return verdicts
  }
  return [...verdicts, { score: 'partial', why: `not back on the primary in ${recoveryMs} ms` }]
}

export const runOutage = async (
  bench: Bench,
  scenario: Scenario,
  { spec, form }: { spec: CaseSpec; form: Form },
): Promise<CaseResult> => {
  const { route } = namesOf(scenario, spec, form)
  const startedAtMs = performance.now()
  bench.setDown(true)
  const during = await duringOutage(bench, route, form)
  bench.setDown(false)
  const after = await afterOutage(bench, route, form)
  const { score, why } = worst([...during, ...after])
  return {
    id: `${scenario.number}${spec.id} ${formName(form)}`,
    form,
    score,
    why,
    calls: countsOf(callsOf(bench.wall, route)),
    tookMs: performance.now() - startedAtMs,
  }
}
