// Validates a request for a key and creates it, for the command line and POST /admin/keys; over HTTP a key cannot create one with more
// permissions than its own.
import { closest } from 'fastest-levenshtein'
import type { Config } from '../config/config-schema.ts'
import {
  type GatewayKey,
  type KeyLimits,
  type Principal,
  ROLES,
  type Role,
  type StoredKey,
} from '../core/decide/gateway-key.ts'
import { RouterError } from '../errors.ts'
import { createSecret } from './key-secret.ts'

export interface KeyWish {
  name: string
  owner?: string | null
  roles: Role[]
  models?: string[] | null
  routes?: string[] | null
  limits?: KeyLimits
  expiresAtMs?: number | null
}

export interface MadeKey {
  /** The whole key: shown once, never stored. */
  secret: string
  key: StoredKey
}

const invalid = (param: string, problem: string): RouterError =>
  new RouterError('invalid_request', `${param}: ${problem}`, { param })

const checkNames = (param: string, names: string[] | null | undefined, known: string[]): void => {
  if (!names) return
  if (names.length === 0) throw invalid(param, 'is empty; leave it out to allow all')
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw invalid(param, `there is no "${unknown}", did you mean "${closest(unknown, known)}"?`)
}

const checkWish = (wish: KeyWish, config: Pick<Config, 'models' | 'routes'>, nowMs: number) => {
  if (wish.name.trim() === '') throw invalid('name', 'is empty; say who or what the key is for')
  if (wish.roles.length === 0) throw invalid('roles', `give at least one of ${ROLES.join(', ')}`)
  const wrong = wish.roles.find((role) => !ROLES.includes(role))
  if (wrong !== undefined) throw invalid('roles', `expected any of ${ROLES.join(', ')}`)
  checkNames('models', wish.models, Object.keys(config.models))
  checkNames('routes', wish.routes, Object.keys(config.routes))
  for (const [limit, most] of Object.entries(wish.limits ?? {})) {
    if (!(Number.isFinite(most) && most > 0)) {
      throw invalid(`limits.${limit}`, 'expected a number above 0')
    }
  }
  if (wish.expiresAtMs != null && !(wish.expiresAtMs > nowMs)) {
    throw invalid('expires_at', 'expected a time to come')
  }
}

/**
 * Limited keys cannot create keys, because they could evade their limits with them.
 * @throws RouterError `permission_denied`
 */
const checkCreator = (wish: KeyWish, creator: Principal): void => {
  const { roles, models, routes, limits, expiresAtMs } = creator
  const isLimited = models !== null || routes !== null || Object.keys(limits).length > 0
  const isBeyond = !roles.includes('admin') && wish.roles.some((role) => !roles.includes(role))
  if (isLimited || isBeyond) {
    throw new RouterError(
      'permission_denied',
      'Keys are made with an admin key that has no limits, models or routes of its own, or by: signalbox keys create.',
    )
  }
  if (expiresAtMs !== null && !(wish.expiresAtMs != null && wish.expiresAtMs <= expiresAtMs)) {
    throw new RouterError(
      'permission_denied',
      `expires_at: this key expires at ${new Date(expiresAtMs).toISOString()}, and makes none that outlives it.`,
      { param: 'expires_at' },
    )
  }
}

export interface MakeKeyOptions {
  config: Pick<Config, 'models' | 'routes'>
  /** Null: the operator at the command line. */
  creator: Principal | null
  nowMs: number
}

/** @throws RouterError `invalid_request` naming the field, `permission_denied` */
export const makeKey = (wish: KeyWish, { config, creator, nowMs }: MakeKeyOptions): MadeKey => {
  checkWish(wish, config, nowMs)
  if (creator) checkCreator(wish, creator)
  const { id, key: secret, salt, hash } = createSecret()
  const key: GatewayKey = {
    id,
    name: wish.name,
    owner: wish.owner ?? null,
    roles: [...new Set(wish.roles)],
    models: wish.models ?? null,
    routes: wish.routes ?? null,
    limits: wish.limits ?? {},
    createdAtMs: nowMs,
    createdBy: creator?.id ?? 'cli',
    expiresAtMs: wish.expiresAtMs ?? null,
    revokedAtMs: null,
  }
  return { secret, key: { ...key, salt, hash } }
}
