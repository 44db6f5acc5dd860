// A database of an earlier version is updated before the server answers, and the log says so; a new one is made without a word.
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { expect, it } from 'vitest'
import { migrate } from '../../src/store/sqlite/migrate.ts'
import { MIGRATIONS } from '../../src/store/sqlite/migrations.ts'
import { openStore, recordingLogger, temporaryFolder } from './fixtures.ts'

it('tells of each migration of a database that there is, in their order, and of none of a new one', async () => {
  const file = join(temporaryFolder(), 'signalbox.db')
  const missing = MIGRATIONS.slice(-2)
  const client = new Database(file)
  migrate(drizzle({ client }), MIGRATIONS.slice(0, -2), () => {
    throw new Error('It is new.')
  })
  client.close()
  const logger = recordingLogger()
  await openStore({ file, logger })
  expect(logger.lines.filter(({ message }) => message.startsWith('updating'))).toMatchObject(
    missing.map(({ tag }, i) => ({
      level: 'info',
      facts: { migration: tag, number: i + 1, of: 2 },
    })),
  )
})
