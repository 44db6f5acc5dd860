// What a caller may do and how much of it: a gateway key as it is kept, and the principal that stands for it in a request.
// One flat name per limit, the same in JSON, on the command line and in the database.

export const ROLES = ['inference', 'feedback', 'admin'] as const
export type Role = (typeof ROLES)[number]

export const LIMIT_UNITS = ['requests', 'tokens', 'budget_usd'] as const
export type LimitUnit = (typeof LIMIT_UNITS)[number]

export const LIMIT_SPANS = ['minute', 'day', 'month'] as const
export type LimitSpan = (typeof LIMIT_SPANS)[number]

export type LimitName = `${LimitUnit}_per_${LimitSpan}`

export const LIMIT_NAMES: readonly LimitName[] = LIMIT_UNITS.flatMap((unit) =>
  LIMIT_SPANS.map((span): LimitName => `${unit}_per_${span}`),
)

/** A limit that is absent does not hold. Days and months are those of UTC. */
export type KeyLimits = Partial<Record<LimitName, number>>

export interface GatewayKey {
  /** Public part of the key; names it in logs, decisions and votes. */
  id: string
  name: string
  /** Whose it is: keys of one owner may read and vote on each other's decisions. */
  owner: string | null
  roles: Role[]
  /** Configured model ids; null is any. */
  models: string[] | null
  /** Configured routes; null is any. */
  routes: string[] | null
  limits: KeyLimits
  createdAtMs: number
  /** Id of the key that made it, `local`, or `cli`. */
  createdBy: string
  expiresAtMs: number | null
  revokedAtMs: number | null
}

/** As it lies in the database: the secret itself is nowhere. */
export interface StoredKey extends GatewayKey {
  /** Hex of 16 random bytes. */
  salt: string
  /** Hex of sha256(salt, secret). */
  hash: string
}

/** What one key has used in one span; budget in USD. */
export type Usage = Record<LimitUnit, number>

/** Used by one key on one day of UTC, `YYYY-MM-DD`. */
export interface DailyUsage {
  keyId: string
  day: string
  used: Usage
}

/** Who asks. */
export interface Principal {
  /** The key's id, or `local` for whoever reaches a server without keys. */
  id: string
  owner: string | null
  roles: readonly Role[]
  /** Null is any. */
  models: ReadonlySet<string> | null
  routes: ReadonlySet<string> | null
  limits: KeyLimits
  expiresAtMs: number | null
}

/** Everyone who reaches a server on loopback while there are no keys. */
export const LOCAL_PRINCIPAL: Principal = {
  id: 'local',
  owner: null,
  roles: ROLES,
  models: null,
  routes: null,
  limits: {},
  expiresAtMs: null,
}

/** An admin may do whatever other roles may. */
export const hasRole = ({ roles }: Pick<Principal, 'roles'>, role: Role): boolean =>
  roles.includes(role) || roles.includes('admin')
