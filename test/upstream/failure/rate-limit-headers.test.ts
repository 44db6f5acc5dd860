import { expect, it } from 'vitest'
import { readRateLimit } from '../../../src/upstream/failure/rate-limit-headers.ts'

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5)
const at = (ms: number) => new Date(NOW_MS + ms).toISOString()

it.each([
  [
    'OpenAI',
    {
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-remaining-tokens': '149984',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-reset-tokens': '6m0s',
    },
    [59, 149_984, 1_000, 360_000],
  ],
  [
    'Groq',
    { 'x-ratelimit-remaining-tokens': '17997', 'x-ratelimit-reset-tokens': '7.66s' },
    [null, 17_997, null, 7_660],
  ],
  [
    'Anthropic',
    {
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': at(30_000),
      'anthropic-ratelimit-tokens-remaining': '40000',
      'anthropic-ratelimit-tokens-reset': at(-5_000),
    },
    [0, 40_000, 30_000, 0],
  ],
  [
    'OpenRouter',
    { 'x-ratelimit-remaining': '3', 'x-ratelimit-reset': String(NOW_MS + 12_000) },
    [3, null, 12_000, null],
  ],
  [
    'Azure',
    { 'x-ratelimit-remaining-requests': '9', 'x-ratelimit-reset-requests': '10' },
    [9, null, 10_000, null],
  ],
  [
    'milliseconds',
    { 'x-ratelimit-remaining-requests': '9', 'x-ratelimit-reset-requests': '20ms' },
    [9, null, 20, null],
  ],
  [
    'a reset that cannot be read',
    { 'x-ratelimit-remaining-requests': '9', 'x-ratelimit-reset-requests': 'soon' },
    [9, null, null, null],
  ],
])('reads what is left in the form of %s', (_, headers, expected) => {
  const state = readRateLimit(new Headers(headers as Record<string, string>), NOW_MS)
  expect(
    state && [
      state.remainingRequests,
      state.remainingTokens,
      state.resetRequestsMs,
      state.resetTokensMs,
    ],
  ).toEqual(expected)
})

it.each([
  [{}],
  [{ 'x-ratelimit-remaining-requests': '-1' }],
  [{ 'x-ratelimit-remaining-requests': 'NaN' }],
])('gives null where nothing is told: %o', (headers) => {
  expect(readRateLimit(new Headers(headers as Record<string, string>), NOW_MS)).toBeNull()
})
