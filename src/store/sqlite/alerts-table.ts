// Statements on `alert_events`: alerts that began or ended, stored for a year.
import { desc, lt } from 'drizzle-orm'
import type { AlertRecord } from '../../core/alerting/alert.ts'
import type { Db } from './db.ts'
import { alertEvents } from './schema/alerts.ts'

const KEPT_MS = 400 * 86_400_000

/** Call it in a transaction. Idempotent, because a write is repeated if its acknowledgement is lost. */
export const writeAlertEvents = (db: Db, records: readonly AlertRecord[]): void => {
  for (const record of records) db.insert(alertEvents).values(record).onConflictDoNothing().run()
  const newestMs = Math.max(...records.map(({ atMs }) => atMs))
  db.delete(alertEvents)
    .where(lt(alertEvents.atMs, newestMs - KEPT_MS))
    .run()
}

/** Newest first. */
export const readAlertEvents = (db: Db, limit: number): AlertRecord[] =>
  db
    .select()
    .from(alertEvents)
    .orderBy(desc(alertEvents.atMs), desc(alertEvents.id))
    .limit(limit)
    .all()
