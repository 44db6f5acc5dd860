// Which alerts are firing: each begins once and ends once, however often its condition is reported.
import type { AlertChange, Condition } from './alert.ts'

export interface AlertStates {
  /** @returns what began or ended */
  step(conditions: readonly Condition[], atMs: number): AlertChange[]
  firing(): AlertChange[]
}

/** Evaluations in a row without the condition before an alert ends, so that a flapping condition is one alert. */
const CLEAR_STEPS = 2

interface Firing {
  change: AlertChange
  clearSteps: number
}

const keyOf = ({ kind, subject }: { kind: string; subject: string }): string => `${kind} ${subject}`

const begun = (condition: Condition, atMs: number): AlertChange => {
  const { kind, subject, severity, summary } = condition
  return { kind, subject, severity, summary, state: 'firing', atMs, sinceMs: atMs }
}

/** @param restored alerts that were firing when the previous process ended */
export const createAlertStates = (restored: readonly AlertChange[] = []): AlertStates => {
  const firing = new Map<string, Firing>(
    restored.map((change) => [keyOf(change), { change, clearSteps: 0 }]),
  )

  const begin = (condition: Condition, atMs: number): AlertChange[] => {
    const known = firing.get(keyOf(condition))
    if (known) {
      known.clearSteps = 0
      known.change = { ...known.change, summary: condition.summary }
      return []
    }
    if (condition.level !== 'over') return []
    const change = begun(condition, atMs)
    firing.set(keyOf(condition), { change, clearSteps: 0 })
    return [change]
  }

  const end = ([key, one]: [string, Firing], atMs: number): AlertChange[] => {
    one.clearSteps += 1
    if (one.clearSteps < CLEAR_STEPS) return []
    firing.delete(key)
    return [{ ...one.change, state: 'resolved', atMs }]
  }

  return {
    step: (conditions, atMs) => {
      const now = new Set(conditions.map(keyOf))
      const cleared = [...firing].filter(([key]) => !now.has(key))
      return [
        ...conditions.flatMap((condition) => begin(condition, atMs)),
        ...cleared.flatMap((one) => end(one, atMs)),
      ]
    },
    firing: () => [...firing.values()].map(({ change }) => change),
  }
}
