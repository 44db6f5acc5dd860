// D10: no value ever becomes part of a statement's text. drizzle binds values; what could build text is counted here.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** Where text becomes SQL: raw fragments, and statements that are no literal; pragmas may hold whole numbers. */
const BUILT =
  /sql\.raw\(|\.(?:exec|prepare)\((?!\)|'[^']*'\))|\.pragma\(`(?!\w+ = -?\$\{(?:Math\.trunc\(|process\.pid\}|[A-Z_]+\}))|\.pragma\(`incremental/

const builtIn = (source: string): string[] =>
  source.split('\n').flatMap((line) => (BUILT.test(line) ? [line.trim()] : []))

const ROOT = new URL('../../src/store/', import.meta.url).pathname

const sources = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, built: builtIn(readFileSync(join(ROOT, name), 'utf8')) }))

describe('a statement', () => {
  it("is built from text in one place only: the program's own migrations", () => {
    expect(sources.length).toBeGreaterThan(20)
    expect(sources.filter(({ built }) => built.length > 0)).toEqual([
      {
        name: join('sqlite', 'engine-operations.ts'),
        built: [expect.stringContaining('VACUUM_PAGES')],
      },
      { name: join('sqlite', 'migrate.ts'), built: ['tx.run(sql.raw(statement))'] },
    ])
  })

  it.each([
    'db.run(sql.raw(query))',
    'client.exec(`DELETE FROM decisions WHERE id = \x24{id}`)',
    "client.prepare('SELECT * FROM ' + table)",
    'client.pragma(`user_version = \x24{text}`)',
  ])('that is built would be found: %s', (line) => {
    expect(builtIn(line)).toEqual([line])
  })
})
