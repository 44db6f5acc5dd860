// Gateway keys: a key's roles, permissions and limits as they are stored, and the principal that represents it in a request.
// One flat name per limit, the same in JSON, on the command line and in the database.

/** `viewer` may look at the dashboard, and call nothing for it. */
export const ROLES = ['inference', 'feedback', 'viewer', 'admin'] as const
export type Role = (typeof ROLES)[number]

export const LIMIT_UNITS = ['requests', 'tokens', 'budget_usd'] as const
export type LimitUnit = (typeof LIMIT_UNITS)[number]

export const LIMIT_SPANS = ['minute', 'day', 'month'] as const
export type LimitSpan = (typeof LIMIT_SPANS)[number]

export type LimitName = `${LimitUnit}_per_${LimitSpan}`

export const LIMIT_NAMES: readonly LimitName[] = LIMIT_UNITS.flatMap((unit) =>
  LIMIT_SPANS.map((span): LimitName => `${unit}_per_${span}`),
)

/** An absent limit does not apply. Days and months are those of UTC. */
export type KeyLimits = Partial<Record<LimitName, number>>

export interface GatewayKey {
  /** Public part of the key; identifies it in logs, decisions and votes. */
  id: string
  name: string
  /** Keys of one owner may read and vote on each other's decisions. */
  owner: string | null
  roles: Role[]
  /** Permitted model ids; null: any. */
  models: string[] | null
  /** Permitted routes; null: any. */
  routes: string[] | null
  limits: KeyLimits
  createdAtMs: number
  /** Id of the key that created it, `local`, or `cli`. */
  createdBy: string
  expiresAtMs: number | null
  revokedAtMs: number | null
}

/** A key as it is stored: only a salted hash of the secret. */
export interface StoredKey extends GatewayKey {
  /** Hex of 16 random bytes. */
  salt: string
  /** Hex of sha256(salt, secret). */
  hash: string
}

/** Usage of one key in one span; the budget in USD. */
export type Usage = Record<LimitUnit, number>

/** Usage of one key on one UTC day, `YYYY-MM-DD`. */
export interface DailyUsage {
  keyId: string
  day: string
  used: Usage
}

/** The authenticated caller of a request. */
export interface Principal {
  /** The key's id, or `local` on a server without keys. */
  id: string
  owner: string | null
  roles: readonly Role[]
  /** Null: any. */
  models: ReadonlySet<string> | null
  routes: ReadonlySet<string> | null
  limits: KeyLimits
  expiresAtMs: number | null
}

/** The principal of every request to a loopback server without keys. */
export const LOCAL_PRINCIPAL: Principal = {
  id: 'local',
  owner: null,
  roles: ROLES,
  models: null,
  routes: null,
  limits: {},
  expiresAtMs: null,
}

/** The admin role includes all other roles. */
export const hasRole = ({ roles }: Pick<Principal, 'roles'>, role: Role): boolean =>
  roles.includes(role) || roles.includes('admin')
