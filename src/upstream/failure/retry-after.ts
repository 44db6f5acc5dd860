// Reads the wait that a provider asks for. `retry-after-ms` (OpenAI, Azure) is finer and takes precedence over Retry-After (RFC 9110
// §10.2.3: seconds or an HTTP date).

const LONGEST_WAIT_MS = 60_000

/** Milliseconds from now, 0 to 60 000, or null without a readable header. */
export const retryAfterMs = (headers: Pick<Headers, 'get'>, nowMs: number): number | null => {
  const exact = readNumber(headers.get('retry-after-ms'))
  if (exact !== null) return clamp(exact)
  const value = headers.get('retry-after')
  const seconds = readNumber(value)
  if (seconds !== null) return clamp(seconds * 1_000)
  const date = value === null ? Number.NaN : readHttpDate(value)
  return Number.isNaN(date) ? null : clamp(date - nowMs)
}

/** Google's form in the body: `error.details[].retryDelay: "34s"`. Null without it. */
export const retryDelayMs = (payload: unknown): number | null => {
  const details = (payload as { error?: { details?: unknown } } | null)?.error?.details
  if (!Array.isArray(details)) return null
  const delays = details.map((detail: { retryDelay?: unknown } | null) => detail?.retryDelay)
  const delay = delays.find((value) => typeof value === 'string' && value.endsWith('s'))
  const seconds = typeof delay === 'string' ? readNumber(delay.slice(0, -1)) : null
  return seconds === null ? null : clamp(seconds * 1_000)
}

const readNumber = (value: string | null): number | null =>
  value !== null && /^\s*\d{1,12}(\.\d{1,6})?\s*$/.test(value) ? Number(value) : null

// Date.parse alone reads far too much ("-5", "1", "12 apples") as a date.
const readHttpDate = (value: string): number =>
  /^\s*[A-Za-z]{3,9},? .*\d/.test(value) ? Date.parse(value) : Number.NaN

const clamp = (ms: number): number => Math.min(Math.max(Math.ceil(ms), 0), LONGEST_WAIT_MS)
