// Authentication by gateway keys, their limits and their administration behind one interface.
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
import { type BudgetUse, budgetUse } from './budget-use.ts'
import { firstAdminKey } from './first-admin.ts'
import { createKeyAdmin, type KeyAdmin, type KeyStore } from './key-admin.ts'
import { readKeyStamp, touchKeyStamp } from './key-stamp.ts'
import { createKnownKeys, isActive, type KnownKeys } from './known-keys.ts'
import { createLimits, type Limits } from './limits.ts'
import { createUsageLog } from './usage-log.ts'
import { dayOf } from './windows.ts'

export interface Access extends KeyAdmin {
  /**
   * The principal of a request's key; `LOCAL_PRINCIPAL` for every request where no keys are required.
   * @throws RouterError `invalid_api_key`, `store_unavailable`; never anything else
   */
  authenticate(key: string | null): Promise<Principal>
  /**
   * Whom a key that was authenticated before stands for now; null where it is gone, expired or revoked.
   * @throws RouterError `store_unavailable`
   */
  recall(keyId: string): Promise<Principal | null>
  /**
   * Ids of the keys whose decisions this principal may read and vote on: those of its owner, or only its own where it has none; null for
   * an admin, who may access all.
   */
  sharesWith(principal: Principal): ReadonlySet<string> | null
  /** Use of their budgets by active keys. */
  budgetUse(): BudgetUse[]
  /** Whether keys are required and none is valid. Also starts a refresh of the keys, for the next call. */
  isLockedOut(): boolean
  readonly limits: Limits
  /** Writes the usage. */
  close(): Promise<void>
}

export interface AccessOptions {
  config: Pick<Config, 'server' | 'keys' | 'models' | 'routes'>
  store: KeyStore
  dataDir: string
  /** The keys were lost with their database: the server starts, but refuses every request until there are new ones. */
  keysAreLost?: boolean
  /** Used as the first admin key where there is none (`SIGNALBOX_ADMIN_KEY`). */
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

/** Age of the usage that is read: this month, and the previous one in case the clock is set back. */
const CLOCK_ERROR_MS = 62 * 86_400_000

/** @throws RouterError `invalid_config` where the server would be open to other machines; `store_unavailable` */
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
    budgetUse: () => {
      const active = keys.all().filter((key) => isActive(key, now()))
      return budgetUse(active, limits.usage)
    },
    close: () => usageLog.close(),
  }
}

/** Authentication, and access to other keys' decisions. */
const createEntry = ({
  keys,
  mayBeOpen,
  now,
}: {
  keys: KnownKeys
  /** No key is required as long as there is none. */
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
      keys.refresh().catch(() => {}) // requests with a key get the error
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
