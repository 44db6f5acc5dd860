// The tables of what people have ruled, and of exemplars that must never come back.
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Ruling } from '../../../core/records/ruling.ts'

/** What people have ruled, all of it: the last row written of a subject is in force. */
export const rulings = sqliteTable(
  'rulings',
  {
    /** In the order of writing: clocks may go back, and ids with them. */
    position: integer('position').primaryKey({ autoIncrement: true }),
    id: text('id').notNull().unique('rulings_once'),
    subject: text('subject').$type<Ruling['subject']>().notNull(),
    subjectId: text('subject_id').notNull(),
    action: text('action').$type<Ruling['action']>().notNull(),
    route: text('route'),
    author: text('author').notNull(),
    note: text('note'),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (table) => [index('rulings_by_subject').on(table.subject, table.subjectId, table.position)],
)

/** Exemplars made of what was forgotten; kept for good, so that they never come back from an older generation. */
export const forgottenExemplars = sqliteTable('forgotten_exemplars', {
  exemplarId: text('exemplar_id').primaryKey(),
  forgottenAtMs: integer('forgotten_at_ms').notNull(),
})
