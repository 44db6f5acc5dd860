// Which alert changes are sent now: all of them, but in quiet hours only critical ones. The others are sent when quiet hours end;
// an alert that began and ended meanwhile is not sent, and only stands in the history.
import type { AlertChange } from './alert.ts'
import { isQuiet, type QuietHours } from './quiet-hours.ts'

export interface HeldChanges {
  /** @returns the changes to send, oldest first */
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
        const due = [...held, ...changes]
        held = []
        return due
      }
      for (const change of changes) if (change.severity !== 'critical') hold(change)
      return changes.filter(({ severity }) => severity === 'critical')
    },
  }
}
