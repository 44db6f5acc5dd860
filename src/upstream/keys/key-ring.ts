// The keys of one provider, used in rotation. A refused key cools down; where all cool down, the one that is ready first is used
// anyway, so that a provider with one key is never blocked. The keys stay in this module: callers hold numbers, and `reveal` gives a
// key only for the origin that it was configured for.
import { RouterError } from '../../errors.ts'

/** Reference to a key. Safe to log. */
export interface ProviderKey {
  /** Position in the configuration, from 1. */
  readonly number: number
}

export interface KeyRing {
  /** The next key for a call that has tried some; null where there is none left. */
  next(tried: readonly ProviderKey[]): ProviderKey | null
  /** Starts or extends the cooldown of a refused key. */
  cool(key: ProviderKey, refusal: { status: number; retryAfterMs: unknown }): void
  /** The key, for a call to `url`. @throws RouterError `internal` where the URL is not of the provider's origin. */
  reveal(key: ProviderKey, url: string): string
}

const KEY_REFUSALS = new Set([401, 402, 403, 429])

/** 401, 402, 403 and 429 are about the key, not the prompt: another key may work. */
export const isKeyRefusal = (status: number): boolean => KEY_REFUSALS.has(status)

// A revoked or unpaid key stays so for long; 403 may also be about the prompt (moderation), so its cooldown is short.
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
      if (ready || tried.length > 0) return ready?.key ?? null // keys in cooldown were refused recently
      return left.sort((a, b) => a.restsUntilMs - b.restsUntilMs)[0]?.key ?? null
    },
    cool: (key, { status, retryAfterMs }) => {
      const entry = entryOf(key)
      const restMs = typeof retryAfterMs === 'number' ? retryAfterMs : (REST_MS[status] ?? 0)
      entry.restsUntilMs = Math.max(entry.restsUntilMs, now() + restMs)
    },
    reveal: (key, url) => {
      if (new URL(url).origin !== origin) {
        throw new RouterError('internal', 'A key was requested for another origin than its own.')
      }
      return entryOf(key).secret
    },
  }
}
