// Administration of keys: create, list, revoke. Changes apply to every process when they resolve.
import type { Config } from '../config/config-schema.ts'
import type {
  DailyUsage,
  GatewayKey,
  LimitSpan,
  Principal,
  StoredKey,
  Usage,
} from '../core/decide/gateway-key.ts'
import { RouterError } from '../errors.ts'
import { touchKeyStamp } from './key-stamp.ts'
import { isActive, type KnownKeys } from './known-keys.ts'
import type { Limits } from './limits.ts'
import { type KeyWish, type MadeKey, makeKey } from './new-key.ts'

/** A key as it is listed: without its hash, with its usage. */
export interface ListedKey extends GatewayKey {
  isActive: boolean
  used: Record<LimitSpan, Usage>
}

/** The used part of the store. */
export interface KeyStore {
  createKey(key: StoredKey): Promise<void>
  listKeys(): Promise<StoredKey[]>
  revokeKey(revocation: { id: string; atMs: number }): Promise<boolean>
  readKeyUsage(sinceDay: string): Promise<DailyUsage[]>
  writeKeyUsage(rows: DailyUsage[]): Promise<void>
}

export interface KeyAdmin {
  /** @throws RouterError `invalid_request`, `permission_denied`, `store_unavailable` */
  createKey(wish: KeyWish, creator: Principal): Promise<MadeKey>
  /** Oldest first. */
  listKeys(): Promise<ListedKey[]>
  /** Takes effect before it resolves. @throws RouterError `key_not_found`, `store_unavailable` */
  revokeKey(id: string): Promise<void>
}

export interface KeyAdminOptions {
  config: Pick<Config, 'models' | 'routes'>
  store: KeyStore
  dataDir: string
  keys: KnownKeys
  limits: Limits
  now: () => number
}

export const createKeyAdmin = (options: KeyAdminOptions): KeyAdmin => {
  const { config, store, keys, limits, now } = options
  const changed = async (): Promise<void> => {
    touchKeyStamp(options.dataDir)
    await keys.refresh()
  }
  return {
    createKey: async (wish, creator) => {
      const made = makeKey(wish, { config, creator, nowMs: now() })
      await store.createKey(made.key)
      await changed()
      return made
    },
    listKeys: async () => {
      await keys.refresh()
      const atMs = now()
      return keys.all().map((key) => ({
        ...key,
        isActive: isActive(key, atMs),
        used: limits.usage(key.id),
      }))
    },
    revokeKey: async (id) => {
      if (!(await store.revokeKey({ id, atMs: now() }))) {
        throw new RouterError(
          'key_not_found',
          'There is no key of this id; GET /admin/keys lists them.',
        )
      }
      await changed()
    },
  }
}
