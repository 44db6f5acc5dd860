// Statements on `stored_responses`. Expired responses are not found, and are deleted by the next run of retention.
import { and, eq, gt, lte } from 'drizzle-orm'
import type { ResponseQuery, StoredResponse } from '../../core/records/stored-response.ts'
import type { Db } from './db.ts'
import { storedResponses } from './schema/responses.ts'

/** Most turns of a conversation that are read. */
const MAX_CHAIN = 500

export const writeResponse = (db: Db, response: StoredResponse): void => {
  const { principal, id, ...rest } = response
  db.insert(storedResponses)
    .values(response)
    .onConflictDoUpdate({ target: [storedResponses.principal, storedResponses.id], set: rest })
    .run()
}

const isOwn = ({ id, principal }: Pick<ResponseQuery, 'id' | 'principal'>) =>
  and(eq(storedResponses.principal, principal), eq(storedResponses.id, id))

export const readResponse = (db: Db, query: ResponseQuery): StoredResponse | null =>
  db
    .select()
    .from(storedResponses)
    .where(and(isOwn(query), gt(storedResponses.expiresAtMs, query.nowMs)))
    .get() ?? null

/** The response and those before it, oldest first; null where one of them is missing. */
export const readResponseChain = (db: Db, query: ResponseQuery): StoredResponse[] | null => {
  const chain: StoredResponse[] = []
  for (let id: string | null = query.id; id !== null; ) {
    const found = readResponse(db, { ...query, id })
    if (found === null || chain.length === MAX_CHAIN) return null
    chain.push(found)
    id = found.previousId
  }
  return chain.reverse()
}

/** Call it in a transaction. @returns whether there was one */
export const deleteResponse = (db: Db, query: Pick<ResponseQuery, 'id' | 'principal'>): boolean =>
  db.delete(storedResponses).where(isOwn(query)).run().changes > 0

/** Call it in a transaction. @returns the number of deleted rows */
export const deleteExpiredResponses = (db: Db, nowMs: number): number =>
  db.delete(storedResponses).where(lte(storedResponses.expiresAtMs, nowMs)).run().changes
