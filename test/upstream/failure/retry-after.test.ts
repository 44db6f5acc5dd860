// Every form in which a provider may say when to come back.
import { describe, expect, it } from 'vitest'
import { retryAfterMs } from '../../../src/upstream/failure/retry-after.ts'

const NOW = Date.parse('2026-01-01T00:00:00Z')

describe('retryAfterMs', () => {
  it.each([
    ['seconds', { 'retry-after': '2' }, 2_000],
    ['fractions of a second', { 'retry-after': '0.25' }, 250],
    ['zero', { 'retry-after': '0' }, 0],
    ['an HTTP date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:05 GMT' }, 5_000],
    ['a date that has passed', { 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
    ['milliseconds', { 'retry-after-ms': '1500' }, 1_500],
    ['milliseconds over seconds', { 'retry-after-ms': '10', 'retry-after': '9' }, 10],
    ['more than a minute', { 'retry-after': '86400' }, 60_000],
    ['a date far ahead', { 'retry-after': 'Fri, 01 Jan 2027 00:00:00 GMT' }, 60_000],
    ['a negative number', { 'retry-after': '-5' }, null],
    ['words', { 'retry-after': 'soon' }, null],
    ['an empty value', { 'retry-after': '' }, null],
    ['a number too long to mean it', { 'retry-after': '9'.repeat(400) }, null],
    ['no header', {}, null],
  ])('reads %s', (_name, headers, expected) => {
    expect(retryAfterMs(new Headers(headers as Record<string, string>), NOW)).toBe(expected)
  })
})
