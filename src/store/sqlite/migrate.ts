// Migrates a database to this program's schema, or refuses it. Uses drizzle's journal table, so that drizzle-kit can read it, but not
// drizzle's migrate(), which reads the journal before its BEGIN, so that two processes that start together collide.
import { createHash } from 'node:crypto'
import { desc, eq, sql } from 'drizzle-orm'
import { getTableConfig, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { RouterError } from '../../errors.ts'
import type { Db } from './db.ts'

/** One file of migrations/: `sql` is its whole text, `createdAtMs` its `when` in drizzle-kit's journal. */
export interface Migration {
  tag: string
  createdAtMs: number
  sql: string
}

/** Called before each migration of a database that has data: the server waits for them. */
export interface MigrationStep {
  tag: string
  /** From 1. */
  number: number
  of: number
}

const journal = sqliteTable('__drizzle_migrations', {
  hash: text('hash').notNull(),
  createdAtMs: integer('created_at'),
})

const sqliteMaster = sqliteTable('sqlite_master', { name: text('name') })

/**
 * Applies what is missing in one immediate transaction: after a crash the schema is the old one or the new one.
 * `migrations` ascend by `createdAtMs`. Waits for another process that is migrating, up to the busy timeout.
 * @throws RouterError `store_unavailable`, not retryable, where the database knows a newer migration
 */
export const migrate = (
  db: Db,
  migrations: readonly Migration[],
  onStep: (step: MigrationStep) => void = () => {},
): void => {
  db.transaction(
    (tx) => {
      tx.run(
        sql`CREATE TABLE IF NOT EXISTS ${journal} (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric)`,
      )
      refuseNewerSchema(tx, migrations)
      const applied = appliedUpTo(tx)
      const missing = migrations.filter(({ createdAtMs }) => createdAtMs > applied)
      for (const [i, migration] of missing.entries()) {
        if (applied > 0) onStep({ tag: migration.tag, number: i + 1, of: missing.length })
        for (const statement of migration.sql.split('--> statement-breakpoint')) {
          tx.run(sql.raw(statement))
        }
        const hash = createHash('sha256').update(migration.sql).digest('hex')
        tx.insert(journal).values({ hash, createdAtMs: migration.createdAtMs }).run()
      }
    },
    { behavior: 'immediate' },
  )
}

/**
 * For a read-only database: its schema must be exactly this program's.
 * @throws RouterError `store_unavailable`, not retryable
 */
export const requireCurrentSchema = (db: Db, migrations: readonly Migration[]): void => {
  refuseNewerSchema(db, migrations)
  if (appliedUpTo(db) < newestOf(migrations)) {
    throw new RouterError(
      'store_unavailable',
      'The database has an older schema than this program. Start the server once to migrate it.',
      { isRetryable: false, details: { reason: 'older_schema' } },
    )
  }
}

/** `createdAtMs` of the newest migration in the database; 0 for a new one. */
const appliedUpTo = (db: Pick<Db, 'select'>): number => {
  const { name } = getTableConfig(journal)
  const table = db.select().from(sqliteMaster).where(eq(sqliteMaster.name, name)).get()
  if (!table) return 0
  return (
    db.select().from(journal).orderBy(desc(journal.createdAtMs)).limit(1).get()?.createdAtMs ?? 0
  )
}

const newestOf = (migrations: readonly Migration[]): number => migrations.at(-1)?.createdAtMs ?? 0

/**
 * Only reads: a refused database is not changed.
 * @throws RouterError `store_unavailable`, not retryable
 */
export const refuseNewerSchema = (
  db: Pick<Db, 'select'>,
  migrations: readonly Migration[],
): void => {
  const applied = appliedUpTo(db)
  if (applied <= newestOf(migrations)) return
  throw new RouterError(
    'store_unavailable',
    'The database was written by a newer version of this program. Upgrade, or restore a backup of before the upgrade.',
    {
      isRetryable: false,
      details: { reason: 'newer_schema', databaseSchema: applied, ownSchema: newestOf(migrations) },
    },
  )
}
