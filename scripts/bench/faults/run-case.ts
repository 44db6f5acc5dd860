// One case: the request, a healthy one beside it, and what the provider's log says of both.

import type { FakeProvider } from '../../rig/fake-provider.ts'
import { accountingProblem } from './accounting.ts'
import { ask, type Form, formName, read } from './client.ts'
import type { Profile } from './profile.ts'
import { type CaseSpec, namesOf, type Scenario } from './scenario.ts'
import {
  type Observed,
  scoreCase,
  unreadable,
  type Verdict,
  wholeAnswerProblem,
  worst,
} from './score.ts'
import { CONTROL_ROUTE } from './site.ts'

export interface Bench {
  /** The server's. */
  url: string
  wall: FakeProvider
  profile: Profile
  /** Switches the fault `outage`. */
  setDown(isDown: boolean): void
}

export interface CaseResult extends Verdict {
  id: string
  form: Form
  /** By fault name. */
  calls: Record<string, number>
  tookMs: number
}

/** Times of the provider's calls since `from`, by fault name. */
export const callsOf = (wall: FakeProvider, route: string, from = 0): Record<string, number[]> => {
  const calls: Record<string, number[]> = {}
  for (const { body, atMs } of wall.attempts.slice(from)) {
    const [fault = '', of] = String(body.model).split('@')
    if (of !== route) continue
    calls[fault] ??= []
    calls[fault].push(atMs)
  }
  return calls
}

/** Must pass whatever happens to others. */
export const runControl = async ({ url }: Bench, form: Form): Promise<Verdict> => {
  const verdict = (problem: string | null): Verdict =>
    problem === null
      ? { score: 'pass', why: '' }
      : { score: 'fail', why: `the healthy request beside it: ${problem}` }
  try {
    const received = await ask(url, `route:${CONTROL_ROUTE}`, form)
    return verdict(wholeAnswerProblem({ received, reading: read(received, form), calls: {} }))
  } catch (error) {
    return verdict(unreadable(error).why)
  }
}

const booked = async (bench: Bench, spec: CaseSpec, observed: Observed, route: string) => {
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

const runRequest = async (
  bench: Bench,
  spec: CaseSpec,
  { route, form }: { route: string; form: Form },
): Promise<Verdict & { tookMs: number }> => {
  const from = bench.wall.attempts.length
  const startedAtMs = performance.now()
  try {
    const received = await ask(bench.url, `route:${route}`, form)
    const calls = callsOf(bench.wall, route, from)
    const observed = { received, reading: read(received, form), calls }
    const verdict = scoreCase(observed, spec.right, spec.allowed(bench.profile, form))
    const problem = await booked(bench, spec, observed, route)
    const books: Verdict = { score: 'fail', why: problem ?? '' }
    return { ...(problem === null ? verdict : books), tookMs: received.tookMs }
  } catch (error) {
    return { ...unreadable(error), tookMs: performance.now() - startedAtMs }
  }
}

export const runCase = async (
  bench: Bench,
  scenario: Scenario,
  { spec, form }: { spec: CaseSpec; form: Form },
): Promise<CaseResult> => {
  const { route } = namesOf(scenario, spec, form)
  const [own, control] = await Promise.all([
    runRequest(bench, spec, { route, form }),
    runControl(bench, form),
  ])
  const { score, why } = worst([own, control])
  const calls = countsOf(callsOf(bench.wall, route))
  return {
    id: `${scenario.number}${spec.id} ${formName(form)}`,
    form,
    score,
    why,
    calls,
    tookMs: own.tookMs,
  }
}

export const countsOf = (calls: Record<string, number[]>): Record<string, number> =>
  Object.fromEntries(Object.entries(calls).map(([fault, times]) => [fault, times.length]))
