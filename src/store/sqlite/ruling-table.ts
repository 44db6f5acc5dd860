// Statements on `rulings`. Rows are only added, so that it stays on record what was ruled before; the last one holds.
import { asc, eq, max } from 'drizzle-orm'
import type { Ruling } from '../../core/records/ruling.ts'
import type { Db } from './db.ts'
import { rulings } from './schema/rulings.ts'

/** Writing one again, because its acknowledgement was lost, changes nothing. */
export const writeRuling = (db: Db, ruling: Ruling): void => {
  db.insert(rulings).values(ruling).onConflictDoNothing({ target: rulings.id }).run()
}

/** The last ruling on each subject, in the order in which they were made. */
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
