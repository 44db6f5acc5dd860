// How long a provider asks us to wait. `retry-after-ms` (OpenAI, Azure) is finer and wins over Retry-After
// (RFC 9110 §10.2.3: seconds or an HTTP date).

const LONGEST_WAIT_MS = 60_000

/** Milliseconds from now, 0 to 60 000, or null where the headers name none that can be read. */
export const retryAfterMs = (headers: Pick<Headers, 'get'>, nowMs: number): number | null => {
  const exact = readNumber(headers.get('retry-after-ms'))
  if (exact !== null) return clamp(exact)
  const value = headers.get('retry-after')
  const seconds = readNumber(value)
  if (seconds !== null) return clamp(seconds * 1_000)
  const date = value === null ? Number.NaN : readHttpDate(value)
  return Number.isNaN(date) ? null : clamp(date - nowMs)
}

/** Google's way to say it: `error.details[].retryDelay: "34s"` in the body. Null where there is none. */
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
