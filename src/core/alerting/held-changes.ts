// What of the changes is told now: all of it, but in quiet hours only what is critical. The rest is told when they end; what
// began and ended meanwhile is not told at all, and stands in the history.
import type { AlertChange } from './alert.ts'
import { isQuiet, type QuietHours } from './quiet-hours.ts'

export interface HeldChanges {
  /** @returns what is to be told, in the order in which it happened */
  take(changes: readonly AlertChange[], nowMs: number): AlertChange[]
}

export const createHeldChanges = (quietHours: () => QuietHours | null): HeldChanges => {
  let held: AlertChange[] = []

  const hold = (change: AlertChange): void => {
    const isSame = ({ kind, subject }: AlertChange): boolean =>
      kind === change.kind && subject === change.subject
    const begun = held.findIndex((one) => isSame(one) && one.state === 'firing')
    if (change.state === 'resolved' && begun !== -1) held.splice(begun, 1)
    else held.push(change)
  }

  return {
    take: (changes, nowMs) => {
      if (!isQuiet(quietHours(), nowMs)) {
        const told = [...held, ...changes]
        held = []
        return told
      }
      for (const change of changes) if (change.severity !== 'critical') hold(change)
      return changes.filter(({ severity }) => severity === 'critical')
    },
  }
}
