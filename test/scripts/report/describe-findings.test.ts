import { describe, expect, it } from 'vitest'
import { describeFindings } from '../../../scripts/report/describe-findings.ts'
import type { Finding } from '../../../src/quality/doctor/finding.ts'

const FINDINGS: Finding[] = [
  { check: 'disk', subject: null, status: 'ok', detail: 'Enough is free.', cause: null, fix: null },
  {
    check: 'call',
    subject: 'mine',
    status: 'failure',
    detail: 'Provider mine answered with status 401: Incorrect API key provided.',
    cause: 'The key in THE_KEY is wrong, revoked or cut short.',
    fix: 'Put a valid key into THE_KEY and start again.',
  },
]

const textOf = (columns?: number): string[] =>
  describeFindings(FINDINGS, columns).map((spans) =>
    spans.map((span) => (typeof span === 'string' ? span : span.text)).join(''),
  )

describe('findings of the doctor', () => {
  it('keep a line each where the output is no terminal', () => {
    expect(textOf()).toContain(
      'FAIL  call mine  Provider mine answered with status 401: Incorrect API key provided.',
    )
  })

  it('break between words under their own column on a terminal', () => {
    const lines = textOf(50)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(50)
    const [first = '', second = ''] = lines.slice(1)
    expect(first).toBe('FAIL  call mine  Provider mine answered with')
    expect(second).toBe(`${' '.repeat(17)}status 401: Incorrect API key`)
    expect(lines.join(' ').replace(/\s+/g, ' ')).toContain(
      'why: The key in THE_KEY is wrong, revoked or cut short.',
    )
  })

  it('leave a word whole that is longer than the terminal', () => {
    expect(textOf(1).some((line) => line.includes('Incorrect'))).toBe(true)
  })
})
