import { expect, it } from 'vitest'
import type { AlertChange } from '../../../src/core/alerting/alert.ts'
import { createHeldChanges } from '../../../src/core/alerting/held-changes.ts'
import { isQuiet } from '../../../src/core/alerting/quiet-hours.ts'

const NIGHT = { fromMinute: 22 * 60, toMinute: 7 * 60, offsetMinutes: 60 }
const at = (time: string): number => Date.parse(`2026-03-01T${time}:00Z`)

it('takes hours over midnight, in the zone that they are meant by', () => {
  expect(isQuiet(NIGHT, at('20:59'))).toBe(false)
  expect(isQuiet(NIGHT, at('21:00'))).toBe(true)
  expect(isQuiet(NIGHT, at('05:59'))).toBe(true)
  expect(isQuiet(NIGHT, at('06:00'))).toBe(false)
  expect(isQuiet(null, at('00:00'))).toBe(false)
  expect(isQuiet({ fromMinute: 60, toMinute: 120, offsetMinutes: -60 }, at('02:30'))).toBe(true)
})

const change = (subject: string, rest: Partial<AlertChange> = {}): AlertChange => ({
  kind: 'breaker_open',
  subject,
  severity: 'warning',
  state: 'firing',
  summary: '',
  atMs: 0,
  sinceMs: 0,
  ...rest,
})

it('tells by night what is critical, by morning what still holds, and never what came and went', () => {
  const held = createHeldChanges(() => NIGHT)
  const [brief, lasting] = [change('a'), change('b')]
  const critical = change('c', { severity: 'critical' })
  const over = change('earlier', { state: 'resolved' })
  expect(held.take([brief, lasting, critical, over], at('23:00'))).toEqual([critical])
  expect(held.take([change('a', { state: 'resolved' })], at('23:30'))).toEqual([])
  expect(held.take([], at('06:00'))).toEqual([lasting, over])
  expect(held.take([], at('06:01'))).toEqual([])
})
