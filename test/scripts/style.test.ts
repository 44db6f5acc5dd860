import { expect, it } from 'vitest'
import { hasColours, paintLine } from '../../scripts/terminal/style.ts'

const TERMINAL = { isTTY: true }

it('paints where a terminal looks, and not where NO_COLOR is set, output is piped or the terminal is dumb', () => {
  expect(hasColours(TERMINAL, {})).toBe(true)
  expect(hasColours(TERMINAL, { NO_COLOR: '1' })).toBe(false)
  expect(hasColours(TERMINAL, { NO_COLOR: '' })).toBe(true)
  expect(hasColours(TERMINAL, { TERM: 'dumb' })).toBe(false)
  expect(hasColours({}, {})).toBe(false)
  expect(hasColours({}, { FORCE_COLOR: '1' })).toBe(true)
  expect(hasColours(TERMINAL, { FORCE_COLOR: '0' })).toBe(false)
  expect(hasColours(TERMINAL, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false)
})

it('shows the escapes of a text, painted or not', () => {
  const line = ['a ', { text: '\u001b[2Jred', style: 'red' as const }]
  expect(paintLine(line, true)).toBe('a \u001b[31m\\x1b[2Jred\u001b[39m')
  expect(paintLine(line, false)).toBe('a \\x1b[2Jred')
})
