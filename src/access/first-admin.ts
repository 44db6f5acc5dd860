// The first admin key from the environment, for containers, where no command can run before the server starts. Stored salted and hashed
// like every key, and never logged; ignored once there is an admin key.
import type { GatewayKey, StoredKey } from '../core/decide/gateway-key.ts'
import type { Logger } from '../core/logger.ts'
import { RouterError } from '../errors.ts'
import { sealKey } from './key-secret.ts'
import { isActive } from './known-keys.ts'

export const ADMIN_KEY_VARIABLE = 'SIGNALBOX_ADMIN_KEY'

export interface FirstAdminOptions {
  /** Value of the environment variable. */
  adminKey: string
  keys: GatewayKey[]
  logger: Logger
  nowMs: number
}

const refuseForm = (): RouterError =>
  new RouterError(
    'invalid_config',
    `${ADMIN_KEY_VARIABLE} is not a key: expected 32 to 200 random printable characters without spaces that do not begin with "sb-" (openssl rand -hex 32), or a key made by signalbox keys create.`,
  )

/** The key to store; null where there is an admin key already. @throws RouterError `invalid_config` */
export const firstAdminKey = (options: FirstAdminOptions): StoredKey | null => {
  const { adminKey, keys, logger, nowMs } = options
  const sealed = sealKey(adminKey)
  if (sealed === null) throw refuseForm()
  const { id, salt, hash } = sealed
  const same = keys.find((key) => key.id === id)
  const isKnown = same !== undefined && isActive(same, nowMs)
  if (isKnown) return null
  if (same || keys.some((key) => key.roles.includes('admin') && isActive(key, nowMs))) {
    const why = same ? 'it was revoked' : 'there is an admin key already'
    logger.warn({ key: id }, `the key in ${ADMIN_KEY_VARIABLE} is not in force: ${why}`)
    return null
  }
  const made = { createdAtMs: nowMs, createdBy: 'environment', expiresAtMs: null }
  const may = { roles: ['admin' as const], models: null, routes: null, limits: {} }
  logger.info({ key: id }, `made the first admin key from ${ADMIN_KEY_VARIABLE}`)
  return { id, name: 'first admin', owner: null, ...may, ...made, revokedAtMs: null, salt, hash }
}
