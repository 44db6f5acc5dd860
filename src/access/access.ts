// Who may come in, and how much they may use: the keys, their limits and their administration behind one interface.
import type { Config } from '../config/config-schema.ts'
import {
  type DailyUsage,
  type GatewayKey,
  hasRole,
  type LimitSpan,
  LOCAL_PRINCIPAL,
  type Principal,
  type StoredKey,
  type Usage,
} from '../core/decide/gateway-key.ts'
import type { Logger } from '../core/logger.ts'
import { isLoopbackHost } from '../core/loopback.ts'
import { RouterError } from '../errors.ts'
import { readKeyStamp, touchKeyStamp } from './key-stamp.ts'
import { createKnownKeys, isActive } from './known-keys.ts'
import { createLimits, type Limits } from './limits.ts'
import { type KeyWish, type MadeKey, makeKey } from './new-key.ts'
import { createUsageLog } from './usage-log.ts'
import { dayOf } from './windows.ts'

/** A key as it is shown: without its hash, with what it has used. */
export interface ListedKey extends GatewayKey {
  isActive: boolean
  used: Record<LimitSpan, Usage>
}

export interface Access {
  /**
   * The principal of a request's key; `LOCAL_PRINCIPAL` for anyone where the server is open.
   * @throws RouterError `invalid_api_key`, `store_unavailable`; never anything else
   */
  authenticate(key: string | null): Promise<Principal>
  /**
   * Whose decisions this principal may read and vote on: ids of the keys of its owner, or its own alone where it has none;
   * null for an admin, who may do both with all.
   */
  sharesWith(principal: Principal): ReadonlySet<string> | null
  /** Whether keys are needed and none is valid. It looks for new ones too, for the next call. */
  isLockedOut(): boolean
  readonly limits: Limits
  /** @throws RouterError `invalid_request`, `permission_denied`, `store_unavailable` */
  createKey(wish: KeyWish, creator: Principal): Promise<MadeKey>
  /** Oldest first. */
  listKeys(): Promise<ListedKey[]>
  /** In force when it resolves. @throws RouterError `key_not_found`, `store_unavailable` */
  revokeKey(id: string): Promise<void>
  /** Writes what was used. */
  close(): Promise<void>
}

/** What of the store is used. */
export interface KeyStore {
  createKey(key: StoredKey): Promise<void>
  listKeys(): Promise<StoredKey[]>
  revokeKey(revocation: { id: string; atMs: number }): Promise<boolean>
  readKeyUsage(sinceDay: string): Promise<DailyUsage[]>
  writeKeyUsage(rows: DailyUsage[]): Promise<void>
}

export interface AccessOptions {
  config: Pick<Config, 'server' | 'keys' | 'models' | 'routes'>
  store: KeyStore
  dataDir: string
  /** The keys went with their database: the server starts all the same, and refuses everyone until there are new ones. */
  keysAreLost?: boolean
  logger: Logger
  now?: () => number
  /** Milliseconds that never go back. */
  monotonicMs?: () => number
}

const refusesToStart = (host: string, keys: GatewayKey[], nowMs: number): RouterError | null => {
  const hasAdmin = keys.some((key) => key.roles.includes('admin') && isActive(key, nowMs))
  if (hasAdmin) return null
  return new RouterError(
    'invalid_config',
    `server.host is ${host} and there is no admin key, so anyone who reaches it could do anything. Make one with: signalbox keys create --role admin --name NAME (on the same data folder), or set server.host to 127.0.0.1.`,
  )
}

const noKey = (isGiven: boolean): RouterError =>
  new RouterError(
    'invalid_api_key',
    isGiven
      ? 'The key is not valid: it is unknown, expired or revoked.'
      : 'This server needs a key: send it as "Authorization: Bearer sb-…" or as x-api-key.',
  )

/** Use is read so far back: this month, and the one that a clock running ahead is set back to. */
const CLOCK_ERROR_MS = 62 * 86_400_000

/** @throws RouterError `invalid_config` where others could come in without a key; `store_unavailable` */
export const createAccess = async (options: AccessOptions): Promise<Access> => {
  const { config, store, dataDir, keysAreLost = false, logger, now = Date.now } = options
  const { monotonicMs = () => performance.now() } = options
  const keys = createKnownKeys({
    config,
    listKeys: store.listKeys,
    readStamp: () => readKeyStamp(dataDir),
    now,
  })
  await keys.refresh()
  const { host } = config.server
  const mayBeOpen = isLoopbackHost(host) && config.keys.required === 'auto'
  const refusal = mayBeOpen || keysAreLost ? null : refusesToStart(host, keys.all(), now())
  if (refusal) throw refusal
  const usageLog = createUsageLog({ write: store.writeKeyUsage, logger })
  const used = await store.readKeyUsage(dayOf(now() - CLOCK_ERROR_MS))
  const limits = createLimits({ used, onUsage: usageLog.note, now, monotonicMs })
  const changed = async (): Promise<void> => {
    touchKeyStamp(dataDir)
    await keys.refresh()
  }
  return {
    authenticate: async (key) => {
      await keys.refresh()
      if (mayBeOpen && !keys.areInUse()) return LOCAL_PRINCIPAL
      const principal = key === null ? null : keys.find(key)
      if (principal === null) throw noKey(key !== null)
      return principal
    },
    isLockedOut: () => {
      keys.refresh().catch(() => {}) // those who ask with a key are told
      const isOpen = mayBeOpen && !keys.areInUse()
      return !isOpen && !keys.all().some((key) => isActive(key, now()))
    },
    sharesWith: (principal) => {
      if (hasRole(principal, 'admin')) return null
      const { id, owner } = principal
      if (owner === null) return new Set([id])
      return new Set(keys.all().flatMap((key) => (key.owner === owner ? [key.id] : [])))
    },
    limits,
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
    close: () => usageLog.close(),
  }
}
