// Who may come in, and how much they may use: the keys, their limits and their administration behind one interface.
import type { Config } from '../config/config-schema.ts'
import {
  type GatewayKey,
  hasRole,
  LOCAL_PRINCIPAL,
  type Principal,
} from '../core/decide/gateway-key.ts'
import type { Logger } from '../core/logger.ts'
import { isLoopbackHost } from '../core/loopback.ts'
import { RouterError } from '../errors.ts'
import { firstAdminKey } from './first-admin.ts'
import { createKeyAdmin, type KeyAdmin, type KeyStore } from './key-admin.ts'
import { readKeyStamp, touchKeyStamp } from './key-stamp.ts'
import { createKnownKeys, isActive, type KnownKeys } from './known-keys.ts'
import { createLimits, type Limits } from './limits.ts'
import { createUsageLog } from './usage-log.ts'
import { dayOf } from './windows.ts'

export interface Access extends KeyAdmin {
  /**
   * The principal of a request's key; `LOCAL_PRINCIPAL` for anyone where the server is open.
   * @throws RouterError `invalid_api_key`, `store_unavailable`; never anything else
   */
  authenticate(key: string | null): Promise<Principal>
  /**
   * Whom a key that was authenticated before stands for now; null where it is gone, expired or revoked.
   * @throws RouterError `store_unavailable`
   */
  recall(keyId: string): Promise<Principal | null>
  /**
   * Whose decisions this principal may read and vote on: ids of the keys of its owner, or its own alone where it has none;
   * null for an admin, who may do both with all.
   */
  sharesWith(principal: Principal): ReadonlySet<string> | null
  /** Whether keys are needed and none is valid. It looks for new ones too, for the next call. */
  isLockedOut(): boolean
  readonly limits: Limits
  /** Writes what was used. */
  close(): Promise<void>
}

export interface AccessOptions {
  config: Pick<Config, 'server' | 'keys' | 'models' | 'routes'>
  store: KeyStore
  dataDir: string
  /** The keys went with their database: the server starts all the same, and refuses everyone until there are new ones. */
  keysAreLost?: boolean
  /** Becomes the first admin key where there is none (`SIGNALBOX_ADMIN_KEY`). */
  adminKey?: string | undefined
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
    `server.host is ${host} and there is no admin key, so anyone who reaches it could do anything. Make one with: signalbox keys create --role admin --name NAME (on the same data folder), or give one by SIGNALBOX_ADMIN_KEY, or set server.host to 127.0.0.1.`,
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
  const { config, store, dataDir, keysAreLost = false, adminKey, logger } = options
  const { now = Date.now, monotonicMs = () => performance.now() } = options
  const keys = createKnownKeys({
    config,
    listKeys: store.listKeys,
    readStamp: () => readKeyStamp(dataDir),
    now,
  })
  await keys.refresh()
  const nowMs = now()
  const first = adminKey ? firstAdminKey({ adminKey, keys: keys.all(), logger, nowMs }) : null
  if (first) {
    await store.createKey(first)
    touchKeyStamp(dataDir)
    await keys.refresh()
  }
  const { host } = config.server
  const mayBeOpen = isLoopbackHost(host) && config.keys.required === 'auto'
  const refusal = mayBeOpen || keysAreLost ? null : refusesToStart(host, keys.all(), nowMs)
  if (refusal) throw refusal
  const usageLog = createUsageLog({ write: store.writeKeyUsage, logger })
  const used = await store.readKeyUsage(dayOf(now() - CLOCK_ERROR_MS))
  const limits = createLimits({ used, onUsage: usageLog.note, now, monotonicMs })
  return {
    ...createEntry({ keys, mayBeOpen, now }),
    ...createKeyAdmin({ config, store, dataDir, keys, limits, now }),
    limits,
    close: () => usageLog.close(),
  }
}

/** Who a request's key stands for, and what they may see. */
const createEntry = ({
  keys,
  mayBeOpen,
  now,
}: {
  keys: KnownKeys
  /** Nobody needs a key as long as there is none. */
  mayBeOpen: boolean
  now: () => number
}): Pick<Access, 'authenticate' | 'recall' | 'isLockedOut' | 'sharesWith'> => {
  const isOpen = (): boolean => mayBeOpen && !keys.areInUse()
  return {
    authenticate: async (key) => {
      await keys.refresh()
      if (isOpen()) return LOCAL_PRINCIPAL
      const principal = key === null ? null : keys.find(key)
      if (principal === null) throw noKey(key !== null)
      return principal
    },
    recall: async (keyId) => {
      await keys.refresh()
      return keys.recall(keyId)
    },
    isLockedOut: () => {
      keys.refresh().catch(() => {}) // those who ask with a key are told
      return !isOpen() && !keys.all().some((key) => isActive(key, now()))
    },
    sharesWith: (principal) => {
      if (hasRole(principal, 'admin')) return null
      const { id, owner } = principal
      if (owner === null) return new Set([id])
      return new Set(keys.all().flatMap((key) => (key.owner === owner ? [key.id] : [])))
    },
  }
}
