// Facts of the database: its id, and whether it ever contained data. See loss/find-loss.ts.
import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { count, desc, eq, like, sql } from 'drizzle-orm'
import type { StoreFacts } from '../loss/find-loss.ts'
import type { Db } from './db.ts'
import { configVersions } from './schema/configs.ts'
import { decisions, feedback } from './schema/decisions.ts'
import { gatewayKeys } from './schema/keys.ts'
import { meta } from './schema/meta.ts'

const STORE_ID = 'store_id'
const REPLACES = 'replaces:'

/** Gives a database its id, once; older databases get one when they are opened. */
export const identify = (db: Db): void => {
  db.insert(meta).values({ key: STORE_ID, value: randomUUID() }).onConflictDoNothing().run()
}

/** Records which damaged file this database replaces. */
export const noteReplaced = (db: Db, movedAside: string, nowMs: number): void => {
  db.insert(meta)
    .values({ key: `${REPLACES}${nowMs}`, value: movedAside })
    .run()
}

const hasRows = (db: Db, table: typeof decisions | typeof feedback | typeof configVersions) =>
  db.select({ one: sql`1` }).from(table).limit(1).get() !== undefined

export const readFacts = (db: Db): StoreFacts => {
  const id = db.select().from(meta).where(eq(meta.key, STORE_ID)).get()
  const replaced = db
    .select()
    .from(meta)
    .where(like(meta.key, `${REPLACES}%`))
    .orderBy(desc(meta.key))
    .limit(1)
    .get()
  const keys = db.select({ n: count() }).from(gatewayKeys).get()?.n ?? 0
  const hasVotes = hasRows(db, feedback)
  const hasDecisions = hasRows(db, decisions)
  return {
    storeId: id?.value ?? '',
    isBlank: keys === 0 && !hasVotes && !hasDecisions && !hasRows(db, configVersions),
    keys,
    hasVotes,
    hasDecisions,
    replaces: replaced ? basename(replaced.value) : null,
  }
}
