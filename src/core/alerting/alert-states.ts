// Which alerts fire: each begins once and ends once, however often its rule says the same thing.
import type { AlertChange, Condition } from './alert.ts'

export interface AlertStates {
  /** @returns what began or ended */
  step(conditions: readonly Condition[], atMs: number): AlertChange[]
  firing(): AlertChange[]
}

/** So many evaluations in a row must be well before an alert is over: what comes and goes is one alert. */
const WELL_STEPS = 2

interface Firing {
  change: AlertChange
  wellSteps: number
}

const keyOf = ({ kind, subject }: { kind: string; subject: string }): string => `${kind} ${subject}`

const begun = (condition: Condition, atMs: number): AlertChange => {
  const { kind, subject, severity, summary } = condition
  return { kind, subject, severity, summary, state: 'firing', atMs, sinceMs: atMs }
}

/** @param restored those that fired when the process ended */
export const createAlertStates = (restored: readonly AlertChange[] = []): AlertStates => {
  const firing = new Map<string, Firing>(
    restored.map((change) => [keyOf(change), { change, wellSteps: 0 }]),
  )

  const begin = (condition: Condition, atMs: number): AlertChange[] => {
    const known = firing.get(keyOf(condition))
    if (known) {
      known.wellSteps = 0
      known.change = { ...known.change, summary: condition.summary }
      return []
    }
    if (condition.level !== 'over') return []
    const change = begun(condition, atMs)
    firing.set(keyOf(condition), { change, wellSteps: 0 })
    return [change]
  }

  const end = ([key, one]: [string, Firing], atMs: number): AlertChange[] => {
    one.wellSteps += 1
    if (one.wellSteps < WELL_STEPS) return []
    firing.delete(key)
    return [{ ...one.change, state: 'resolved', atMs }]
  }

  return {
    step: (conditions, atMs) => {
      const now = new Set(conditions.map(keyOf))
      const well = [...firing].filter(([key]) => !now.has(key))
      return [
        ...conditions.flatMap((condition) => begin(condition, atMs)),
        ...well.flatMap((one) => end(one, atMs)),
      ]
    },
    firing: () => [...firing.values()].map(({ change }) => change),
  }
}
