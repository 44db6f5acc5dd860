// Caches all keys in memory, and reads them again whenever the stamp changes: a key that another process revoked is refused by the next
// request. Where they cannot be read every request is refused.
import type { Config } from '../config/config-schema.ts'
import type { GatewayKey, Principal, StoredKey } from '../core/decide/gateway-key.ts'
import { RouterError } from '../errors.ts'
import { parseKey, verifySecret } from './key-secret.ts'
import { principalOf } from './principal-of.ts'

export interface KnownKeysOptions {
  config: Pick<Config, 'models' | 'routes'>
  listKeys: () => Promise<StoredKey[]>
  /** Changes whenever keys change; null where there never were any. */
  readStamp: () => string | null
  /** Epoch milliseconds. */
  now: () => number
}

export interface KnownKeys {
  /** Reads the keys if they changed. @throws RouterError `store_unavailable` */
  refresh(): Promise<void>
  /** Whether there are or ever were keys. Call `refresh` first. */
  areInUse(): boolean
  /** The principal of a key; null where it is unknown, wrong, expired or revoked. Call `refresh` first. */
  find(text: string): Principal | null
  /** Who the key of this id stands for, without its secret; null where it is unknown, expired or revoked. */
  recall(id: string): Principal | null
  all(): GatewayKey[]
}

interface Known {
  key: StoredKey
  principal: Principal
}

export const isActive = (
  { revokedAtMs, expiresAtMs }: Pick<GatewayKey, 'revokedAtMs' | 'expiresAtMs'>,
  nowMs: number,
): boolean => revokedAtMs === null && (expiresAtMs === null || nowMs < expiresAtMs)

const withoutHash = ({ salt: _salt, hash: _hash, ...key }: StoredKey): GatewayKey => key

/** Loads once per stamp, also for concurrent calls. */
const createLoadOnce = (load: (stamp: string | null) => Promise<void>) => {
  let loading: { stamp: string | null; done: Promise<void> } | null = null
  return (stamp: string | null): Promise<void> => {
    // A load that began before the change may not include it.
    if (loading === null || loading.stamp !== stamp) {
      const done = load(stamp).finally(() => {
        if (loading?.done === done) loading = null
      })
      loading = { stamp, done }
    }
    return loading.done
  }
}

export const createKnownKeys = (options: KnownKeysOptions): KnownKeys => {
  const { config, now } = options
  let known = new Map<string, Known>()
  let loaded: { stamp: string | null } | null = null
  const loadOnce = createLoadOnce(async (stamp) => {
    const keys = await options.listKeys()
    known = new Map(keys.map((key) => [key.id, { key, principal: principalOf(key, config) }]))
    loaded = { stamp }
  })
  return {
    refresh: async () => {
      try {
        const stamp = options.readStamp()
        if (loaded === null || loaded.stamp !== stamp) await loadOnce(stamp)
      } catch (error) {
        throw new RouterError('store_unavailable', 'The keys cannot be read now; try again.', {
          cause: error,
        })
      }
    },
    areInUse: () => known.size > 0 || loaded?.stamp !== null,
    find: (text) => {
      const parsed = parseKey(text)
      if (parsed === null) return null
      const found = known.get(parsed.id) ?? null
      const isRight = verifySecret(found?.key ?? null, parsed.secret)
      return isRight && found && isActive(found.key, now()) ? found.principal : null
    },
    recall: (id) => {
      const found = known.get(id) ?? null
      return found && isActive(found.key, now()) ? found.principal : null
    },
    all: () => [...known.values()].map(({ key }) => withoutHash(key)),
  }
}
