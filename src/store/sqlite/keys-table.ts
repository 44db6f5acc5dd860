// Statements on `gateway_keys` and `key_usage`. Keys are only added and revoked; their permissions never change.
import { and, asc, eq, gte, isNull } from 'drizzle-orm'
import type { DailyUsage, StoredKey } from '../../core/decide/gateway-key.ts'
import type { Db } from './db.ts'
import { type GatewayKeyRow, gatewayKeys, keyUsage } from './schema/keys.ts'

export interface KeyRevocation {
  id: string
  atMs: number
}

const listJson = (list: string[] | null): string | null => list && JSON.stringify(list)

const listOf = (json: string | null): string[] | null => json && JSON.parse(json)

export const writeKey = (db: Db, key: StoredKey): void => {
  const row: GatewayKeyRow = {
    ...key,
    roles: JSON.stringify(key.roles),
    models: listJson(key.models),
    routes: listJson(key.routes),
    limits: JSON.stringify(key.limits),
  }
  db.insert(gatewayKeys).values(row).run()
}

export const readKeys = (db: Db): StoredKey[] =>
  db
    .select()
    .from(gatewayKeys)
    .orderBy(asc(gatewayKeys.createdAtMs), asc(gatewayKeys.id))
    .all()
    .map((row) => ({
      ...row,
      roles: JSON.parse(row.roles),
      models: listOf(row.models),
      routes: listOf(row.routes),
      limits: JSON.parse(row.limits),
    }))

/** Call it in a transaction. @returns whether there is such a key */
export const revokeKey = (db: Db, { id, atMs }: KeyRevocation): boolean => {
  const known = db
    .select({ id: gatewayKeys.id })
    .from(gatewayKeys)
    .where(eq(gatewayKeys.id, id))
    .get()
  db.update(gatewayKeys)
    .set({ revokedAtMs: atMs })
    .where(and(eq(gatewayKeys.id, id), isNull(gatewayKeys.revokedAtMs)))
    .run()
  return known !== undefined
}

export const readKeyUsage = (db: Db, sinceDay: string): DailyUsage[] =>
  db
    .select()
    .from(keyUsage)
    .where(gte(keyUsage.day, sinceDay))
    .all()
    .map(({ keyId, day, requests, tokens, budgetUsd }) => ({
      keyId,
      day,
      used: { requests, tokens, budget_usd: budgetUsd },
    }))

/** Call it in a transaction. */
export const writeKeyUsage = (db: Db, rows: readonly DailyUsage[]): void => {
  for (const { keyId, day, used } of rows) {
    const totals = { requests: used.requests, tokens: used.tokens, budgetUsd: used.budget_usd }
    db.insert(keyUsage)
      .values({ keyId, day, ...totals })
      .onConflictDoUpdate({ target: [keyUsage.keyId, keyUsage.day], set: totals })
      .run()
  }
}
