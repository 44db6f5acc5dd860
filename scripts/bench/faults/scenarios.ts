// The sixteen scenarios of the crash test, as data: the targets of a request, its right answer, and the calls and time allowed.
import type { Form } from './client.ts'
import type { Profile } from './profile.ts'
import type { Allowed, Right } from './score.ts'

export interface TargetSpec {
  /** Name of a fault of the faulty provider. */
  fault: string
  contextWindow?: number
  usdPerMillion?: { input: number; output: number }
}

export interface CaseSpec {
  /** Short: part of route and model names. */
  id: string
  forms: readonly Form[]
  /** In the order of trying. */
  targets: readonly TargetSpec[]
  right: Right
  allowed: (profile: Profile, form: Form) => Allowed
  /** Whether cost, model, attempts and the stored decision are checked as well. */
  isAccounted?: true
}

export interface Scenario {
  number: number
  name: string
  cases: readonly CaseSpec[]
  /** The primary is down for a while, and many requests come meanwhile. */
  isOutage?: true
}

/** Names of one case in one form: its route, and the models behind it. */
export const namesOf = (scenario: Scenario, { id, targets }: CaseSpec, form: Form) => {
  const route = `s${scenario.number}${id}-${form}`
  return { route, models: targets.map(({ fault }) => `${fault}@${route}`) }
}

const targetsOf = (...faults: string[]): TargetSpec[] => faults.map((fault) => ({ fault }))

type Wait = (profile: Profile, form: Form) => number

const none: Wait = () => 0
const backoff: Wait = ({ resilience }) => resilience.backoff_base_ms
const untilIdle: Wait = ({ resilience }) => resilience.idle_timeout_ms
const untilAnswer: Wait = ({ resilience }, form) =>
  form === 'sse' ? resilience.first_byte_timeout_ms : resilience.whole_answer_timeout_ms

/** Timers may be late by this factor of their setting. */
const LATE = 1.2

/** Allows at most these calls of each target, within the wait and the slack. */
const within =
  (calls: Record<string, number>, wait: Wait = none): CaseSpec['allowed'] =>
  (profile, form) => ({
    calls,
    mostMs: Math.ceil(wait(profile, form) * LATE) + profile.slackMs,
  })

/** A case in both forms whose client must get a whole answer. */
const served = (targets: TargetSpec[], allowed: CaseSpec['allowed']): CaseSpec => ({
  id: 'a',
  forms: ['json', 'sse'],
  targets,
  right: 'answer',
  allowed,
})

const streamed = (spec: CaseSpec): CaseSpec => ({ ...spec, forms: ['sse'] })
const whole = (spec: CaseSpec): CaseSpec => ({ ...spec, id: 'b', forms: ['json'] })
const reported = (spec: CaseSpec, status: number, code: string): CaseSpec => ({
  ...spec,
  right: { status, code },
})

const limited = (fault: string, contextWindow: number): TargetSpec => ({ fault, contextWindow })
const priced = (fault: string, input: number, output: number): TargetSpec => ({
  fault,
  usdPerMillion: { input, output },
})

/** The wait that the provider asks for is observed, within the precision of timers. */
const afterRetryAfter: CaseSpec['allowed'] = ({ retryAfterS, slackMs }) => ({
  calls: { '429-after': 2 },
  mostMs: retryAfterS * 1_000 + slackMs,
  leastGapMs: retryAfterS * 900,
})

const beforeSlowToken: CaseSpec['allowed'] = ({ slowTokenMostMs }) => ({
  calls: { 'slow-token': 1, ok: 1 },
  mostMs: slowTokenMostMs,
})

const down = within({ '503-forever': 3, ok: 1 }, backoff)
const tooLong = within({ 'context-length': 1, ok: 1 })

const SCENARIOS: [name: string, ...cases: CaseSpec[]][] = [
  ['429 with Retry-After', served(targetsOf('429-after'), afterRetryAfter)],
  [
    '429 for ever',
    served(targetsOf('429-forever', 'ok'), within({ '429-forever': 2, ok: 1 }, backoff)),
  ],
  ['500 once', served(targetsOf('500-once'), within({ '500-once': 2 }, backoff))],
  [
    '503 for ever',
    served(targetsOf('503-forever', 'ok'), down),
    // No fallback: the provider's own failure is reported.
    reported({ ...served(targetsOf('503-forever'), down), id: 'b' }, 503, 'upstream_error'),
  ],
  ['reset before headers', served(targetsOf('reset-once'), within({ 'reset-once': 2 }, backoff))],
  [
    'accepts, never answers',
    served(targetsOf('silent', 'ok'), within({ silent: 1, ok: 1 }, untilAnswer)),
  ],
  ['slow first token', streamed(served(targetsOf('slow-token', 'ok'), beforeSlowToken))],
  [
    'cut mid-stream',
    streamed(served(targetsOf('cut-40', 'ok'), within({ 'cut-40': 1, ok: 1 }))),
    whole(served(targetsOf('cut-json', 'ok'), within({ 'cut-json': 1, ok: 1 }))),
  ],
  [
    'stall mid-stream',
    streamed(served(targetsOf('stall-40', 'ok'), within({ 'stall-40': 1, ok: 1 }, untilIdle))),
    whole(served(targetsOf('stall-json', 'ok'), within({ 'stall-json': 1, ok: 1 }, untilIdle))),
  ],
  [
    'malformed event',
    streamed(served(targetsOf('malformed-event', 'ok'), within({ 'malformed-event': 1 }))),
  ],
  [
    'missing [DONE]',
    streamed(served(targetsOf('missing-done', 'ok'), within({ 'missing-done': 1 }))),
  ],
  [
    'context length',
    served([limited('context-length', 8_000), limited('ok', 200_000)], tooLong),
    // No larger window: the provider's 400 is reported unchanged, and the other target is not called.
    reported(
      {
        ...served(
          [limited('context-length', 8_000), limited('ok', 8_000)],
          within({ 'context-length': 1 }),
        ),
        id: 'b',
      },
      400,
      'context_length_exceeded',
    ),
  ],
  [
    'content filter',
    reported(
      served(targetsOf('content-filter', 'ok'), within({ 'content-filter': 1 })),
      400,
      'content_filter',
    ),
  ],
  [
    'cut, fallback refuses a prefill',
    // The first failure is reported, not the refusal of the fallback.
    reported(
      streamed(
        served(
          targetsOf('cut-40', 'refuses-prefill'),
          within({ 'cut-40': 1, 'refuses-prefill': 1 }),
        ),
      ),
      502,
      'upstream_interrupted',
    ),
    {
      ...streamed(
        served(
          targetsOf('cut-40', 'refuses-prefill', 'ok'),
          within({ 'cut-40': 1, 'refuses-prefill': 1, ok: 1 }),
        ),
      ),
      id: 'b',
    },
  ],
  ["a minute's outage, and recovery", served(targetsOf('outage', 'ok'), down)],
  [
    'accounting after failover',
    {
      ...served([priced('503-forever', 1_000, 1_000), priced('ok', 1, 2)], down),
      isAccounted: true,
    },
  ],
]

/** Number of the scenario whose primary the bench switches off and on. */
const OUTAGE = 15

export const scenarios: readonly Scenario[] = SCENARIOS.map(([name, ...cases], i) => ({
  number: i + 1,
  name,
  cases,
  ...(i + 1 === OUTAGE && { isOutage: true }),
}))
