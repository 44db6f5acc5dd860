// What the parts of the service measure time and name texts by.
import { hash } from 'node:crypto'
import { performance } from 'node:perf_hooks'

/** Epoch milliseconds with fractions, so that short durations can be measured. */
export const preciseNow = (): number => performance.timeOrigin + performance.now()

export const digest = (text: string): string => hash('sha256', text, 'hex')
