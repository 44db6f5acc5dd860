// Holds migrations.ts and drizzle-kit's files equal. After `npm run migration`: `npx vitest run test/store/migrations.test.ts -u`.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { MIGRATIONS } from '../../src/store/sqlite/migrations.ts'

const folder = new URL('../../src/store/sqlite/migrations/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8')
const journal: { entries: { tag: string; when: number }[] } = JSON.parse(read('meta/_journal.json'))

const HEADER = `// Written by test/store/migrations.test.ts from migrations/*.sql, which drizzle-kit makes of schema/. Embedded, because tsc
// copies no .sql files: so dist/, the npm package and the tests carry the same statements.
import type { Migration } from './migrate.ts'

`

const quote = (line: string): string =>
  `'${line.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\t', '\\t')}'`

const render = (): string => {
  const blocks = journal.entries.map(({ tag, when }) => {
    const lines = read(`${tag}.sql`)
      .split('\n')
      .map((line) => `      ${quote(line)},`)
    const sql = `    sql: [\n${lines.join('\n')}\n    ].join('\\n'),`
    return `  {\n    tag: '${tag}',\n    createdAtMs: ${when},\n${sql}\n  },`
  })
  return `${HEADER}export const MIGRATIONS: readonly Migration[] = [\n${blocks.join('\n')}\n]\n`
}

it('embeds every migration file as it is, in the order of the journal', async () => {
  await expect(render()).toMatchFileSnapshot('../../src/store/sqlite/migrations.ts')
})

it('carries the statements of each file unchanged', () => {
  expect(MIGRATIONS.map(({ tag }) => tag)).toEqual(journal.entries.map(({ tag }) => tag))
  for (const migration of MIGRATIONS) expect(migration.sql).toBe(read(`${migration.tag}.sql`))
})
