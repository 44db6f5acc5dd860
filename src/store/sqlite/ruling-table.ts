// Statements on `rulings`. Rows are only added, so that earlier rulings stay on record; the latest counts.
import { asc, eq, max } from 'drizzle-orm'
import type { Ruling } from '../../core/records/ruling.ts'
import type { Db } from './db.ts'
import { rulings } from './schema/rulings.ts'

/** Idempotent, because a write is repeated if its acknowledgement is lost. */
export const writeRuling = (db: Db, ruling: Ruling): void => {
  db.insert(rulings).values(ruling).onConflictDoNothing({ target: rulings.id }).run()
}

/** The latest ruling on each subject, in the order of their time. */
export const readRulings = (db: Db): Ruling[] => {
  const last = db
    .select({ position: max(rulings.position).as('last_position') })
    .from(rulings)
    .groupBy(rulings.subject, rulings.subjectId)
    .as('last')
  return db
    .select({
      id: rulings.id,
      subject: rulings.subject,
      subjectId: rulings.subjectId,
      action: rulings.action,
      route: rulings.route,
      author: rulings.author,
      note: rulings.note,
      createdAtMs: rulings.createdAtMs,
    })
    .from(rulings)
    .innerJoin(last, eq(rulings.position, last.position))
    .orderBy(asc(rulings.position))
    .all()
}
