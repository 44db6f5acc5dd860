// The keys of one provider, taken in turn. A key that the provider refuses rests for a while; where all rest, the one
// that is ready first is tried all the same, so a provider with one key is never shut out by us. The keys themselves stay
// in here: callers hold numbers, and `reveal` gives a key only for the origin it was configured for.
import { RouterError } from '../../errors.ts'

/** Stands for a key. Safe to log. */
export interface ProviderKey {
  /** Position in the configuration, from 1. */
  readonly number: number
}

export interface KeyRing {
  /** The key to try next in a call that has tried some; null where there is none (left). */
  next(tried: readonly ProviderKey[]): ProviderKey | null
  /** Lets a refused key rest; a rest only ever becomes longer. */
  cool(key: ProviderKey, refusal: { status: number; retryAfterMs: unknown }): void
  /** The key, for a call to `url`. @throws RouterError `internal` where the URL is not of the provider's origin. */
  reveal(key: ProviderKey, url: string): string
}

const KEY_REFUSALS = new Set([401, 402, 403, 429])

/** 401, 402, 403 and 429 are said to a key, not to a prompt: another key may be served. */
export const isKeyRefusal = (status: number): boolean => KEY_REFUSALS.has(status)

// A revoked or unpaid key stays so for long; 403 may also be about the prompt (moderation), so it rests only shortly.
const REST_MS: Record<number, number> = { 401: 300_000, 402: 300_000, 403: 30_000, 429: 10_000 }

export interface KeyRingOptions {
  keys: readonly string[]
  baseUrl: string
  /** Milliseconds since the epoch. */
  now: () => number
}

export const createKeyRing = ({ keys, baseUrl, now }: KeyRingOptions): KeyRing => {
  const { origin } = new URL(baseUrl)
  const entries = keys.map((secret, at) => ({ key: { number: at + 1 }, secret, restsUntilMs: 0 }))
  let turn = 0
  const entryOf = (key: ProviderKey) => {
    const entry = entries[key.number - 1]
    if (!entry) throw new RouterError('internal', 'A key of another provider was used.')
    return entry
  }
  return {
    next: (tried) => {
      const inTurn = [...entries.slice(turn), ...entries.slice(0, turn)]
      const isTried = (key: ProviderKey) => tried.some(({ number }) => number === key.number)
      const left = inTurn.filter(({ key }) => !isTried(key))
      const ready = left.find(({ restsUntilMs }) => restsUntilMs <= now())
      if (ready && tried.length === 0) turn = ready.key.number % entries.length
      if (ready || tried.length > 0) return ready?.key ?? null // refusals of resting keys are still fresh
      return left.sort((a, b) => a.restsUntilMs - b.restsUntilMs)[0]?.key ?? null
    },
    cool: (key, { status, retryAfterMs }) => {
      const entry = entryOf(key)
      const restMs = typeof retryAfterMs === 'number' ? retryAfterMs : (REST_MS[status] ?? 0)
      entry.restsUntilMs = Math.max(entry.restsUntilMs, now() + restMs)
    },
    reveal: (key, url) => {
      if (new URL(url).origin !== origin) {
        throw new RouterError('internal', 'A key was asked for another origin than its own.')
      }
      return entryOf(key).secret
    },
  }
}
