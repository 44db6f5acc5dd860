// One case: the request, a healthy one beside it, and the calls of both in the provider's log.
import type { FakeProvider } from '../../rig/fake-provider.ts'
import { accountingProblem } from './accounting.ts'
import { ask, type Form, formName, read } from './client.ts'
import type { Profile } from './profile.ts'
import { type CaseSpec, namesOf, type Scenario } from './scenarios.ts'
import {
  type Observed,
  PASS,
  scoreCase,
  unreadable,
  type Verdict,
  wholeAnswerProblem,
  worst,
} from './score.ts'
import { CONTROL_ROUTE } from './server-under-test.ts'

export interface Bench {
  /** The server's. */
  url: string
  provider: FakeProvider
  profile: Profile
  /** Switches the fault `outage`. */
  setDown(isDown: boolean): void
}

/** A scenario's case in one form. */
export interface Case {
  scenario: Scenario
  spec: CaseSpec
  form: Form
}

export interface CaseResult extends Verdict {
  id: string
  form: Form
  /** By fault name. */
  calls: Record<string, number>
  tookMs: number
}

/** Times of the provider's calls since `from`, by fault name. */
export const callsOf = (
  provider: FakeProvider,
  route: string,
  from = 0,
): Record<string, number[]> => {
  const calls: Record<string, number[]> = {}
  for (const { body, atMs } of provider.attempts.slice(from)) {
    const [fault = '', of] = String(body.model).split('@')
    if (of !== route) continue
    calls[fault] ??= []
    calls[fault].push(atMs)
  }
  return calls
}

export const resultOf = (
  { provider }: Bench,
  { scenario, spec, form }: Case,
  { score, why, tookMs }: Verdict & { tookMs: number },
): CaseResult => {
  const calls = Object.entries(callsOf(provider, namesOf(scenario, spec, form).route))
  return {
    id: `${scenario.number}${spec.id} ${formName(form)}`,
    ...{ form, score, why, tookMs },
    calls: Object.fromEntries(calls.map(([fault, times]) => [fault, times.length])),
  }
}

/** Whether a request got a whole answer, and from which model. */
export const askWhole = async (
  { url }: Bench,
  route: string,
  form: Form,
): Promise<{ verdict: Verdict; model: string | null }> => {
  try {
    const received = await ask(url, `route:${route}`, form)
    const problem = wholeAnswerProblem({ received, reading: read(received, form), calls: {} })
    const verdict: Verdict = problem === null ? PASS : { score: 'fail', why: problem }
    return { verdict, model: received.header('x-router-model') }
  } catch (error) {
    return { verdict: unreadable(error), model: null }
  }
}

/** The healthy request, which must pass whatever happens to others. */
export const runControl = async (bench: Bench, form: Form): Promise<Verdict> => {
  const { verdict } = await askWhole(bench, CONTROL_ROUTE, form)
  const why = `the healthy request beside it: ${verdict.why}`
  return verdict.score === 'pass' ? verdict : { ...verdict, why }
}

const accountingOf = async (bench: Bench, spec: CaseSpec, observed: Observed, route: string) => {
  const served = spec.targets.at(-1)
  if (!spec.isAccounted || !served?.usdPerMillion) return null
  return accountingProblem({
    url: bench.url,
    received: observed.received,
    reading: observed.reading,
    model: `${served.fault}@${route}`,
    usdPerMillion: served.usdPerMillion,
    calls: Object.values(observed.calls).flat().length,
  })
}

const runRequest = async (bench: Bench, { scenario, spec, form }: Case) => {
  const { route } = namesOf(scenario, spec, form)
  const from = bench.provider.attempts.length
  const startedAtMs = performance.now()
  try {
    const received = await ask(bench.url, `route:${route}`, form)
    const calls = callsOf(bench.provider, route, from)
    const observed = { received, reading: read(received, form), calls }
    const verdict = scoreCase(observed, spec.right, spec.allowed(bench.profile, form))
    const problem = await accountingOf(bench, spec, observed, route)
    const books: Verdict = { score: 'fail', why: problem ?? '' }
    return { verdict: problem === null ? verdict : books, tookMs: received.tookMs }
  } catch (error) {
    return { verdict: unreadable(error), tookMs: performance.now() - startedAtMs }
  }
}

export const runCase = async (bench: Bench, testCase: Case): Promise<CaseResult> => {
  const [own, control] = await Promise.all([
    runRequest(bench, testCase),
    runControl(bench, testCase.form),
  ])
  const verdict = worst([own.verdict, control])
  return resultOf(bench, testCase, { ...verdict, tookMs: own.tookMs })
}
