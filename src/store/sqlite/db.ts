// The type of the drizzle database, which every file of statements takes.
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'

/** What the statements of the tables run on. */
export type Db = BetterSQLite3Database
