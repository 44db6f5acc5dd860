// Reads a provider's rate-limit headers: OpenAI's x-ratelimit-* (also Azure, Groq, Together), OpenRouter's short form, and Anthropic's
// anthropic-ratelimit-*. Used by resilience/headroom.ts.

/** Remaining requests and tokens of this minute; null where the provider does not report them. */
export interface RateLimitState {
  remainingRequests: number | null
  remainingTokens: number | null
  /** Milliseconds from the answer until all requests are back. */
  resetRequestsMs: number | null
  /** Milliseconds from the answer until all tokens are back. */
  resetTokensMs: number | null
}

type HeaderSource = Pick<Headers, 'get'>

/** The state in an answer's headers, or null without such headers. `nowMs` is epoch time, for dates. */
export const readRateLimit = (headers: HeaderSource, nowMs: number): RateLimitState | null => {
  const first = (names: string[]): string | null => {
    for (const name of names) {
      const value = headers.get(name)
      if (value !== null) return value.trim()
    }
    return null
  }
  const remainingRequests = readCount(first(REQUESTS.remaining))
  const remainingTokens = readCount(first(TOKENS.remaining))
  if (remainingRequests === null && remainingTokens === null) return null
  return {
    remainingRequests,
    remainingTokens,
    resetRequestsMs: readWait(first(REQUESTS.reset), nowMs),
    resetTokensMs: readWait(first(TOKENS.reset), nowMs),
  }
}

const REQUESTS = {
  remaining: [
    'x-ratelimit-remaining-requests',
    'anthropic-ratelimit-requests-remaining',
    'x-ratelimit-remaining',
  ],
  reset: ['x-ratelimit-reset-requests', 'anthropic-ratelimit-requests-reset', 'x-ratelimit-reset'],
}

// Anthropic's plain `tokens` is the most restrictive of its input and output limits.
const TOKENS = {
  remaining: [
    'x-ratelimit-remaining-tokens',
    'anthropic-ratelimit-tokens-remaining',
    'anthropic-ratelimit-input-tokens-remaining',
  ],
  reset: [
    'x-ratelimit-reset-tokens',
    'anthropic-ratelimit-tokens-reset',
    'anthropic-ratelimit-input-tokens-reset',
  ],
}

const readCount = (value: string | null): number | null =>
  value !== null && /^\d{1,15}(\.\d{1,6})?$/.test(value) ? Math.floor(Number(value)) : null

const LONGEST_RESET_MS = 86_400_000
const UNIT_MS: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 }

/** `6m0s`, `1.5s`, `20ms`, plain seconds, an epoch in seconds or milliseconds, or RFC 3339. */
const readWait = (value: string | null, nowMs: number): number | null => {
  if (value === null || value.length > 40) return null
  if (/^\d+(\.\d+)?$/.test(value)) return clamp(fromNumber(Number(value), nowMs))
  if (/^(\d+(\.\d+)?(ms|[dhms]))+$/.test(value)) return clamp(fromUnits(value))
  const date = /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(date) ? null : clamp(date - nowMs)
}

const fromUnits = (value: string): number => {
  let ms = 0
  for (const [, count, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|[dhms])/g)) {
    ms += Number(count) * (UNIT_MS[unit ?? ''] ?? 0)
  }
  return ms
}

// Less than a year is a duration, more is an epoch time in seconds or (OpenRouter) milliseconds.
const fromNumber = (value: number, nowMs: number): number => {
  if (value < 31_536_000) return value * 1_000
  return (value < 100_000_000_000 ? value * 1_000 : value) - nowMs
}

const clamp = (ms: number): number => Math.min(Math.max(Math.ceil(ms), 0), LONGEST_RESET_MS)
