// A scenario of the bench: which targets a request meets, what is right, and what may be spent on it.
import type { Form } from './client.ts'
import type { Profile } from './profile.ts'
import type { Allowed, Right } from './score.ts'

export interface TargetSpec {
  /** Name of a fault of the wall. */
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
