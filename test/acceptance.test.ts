// ACCEPTANCE.md says which test holds each fault of the acceptance list: here, that those tests exist.
import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const at = (path: string): URL => new URL(path, import.meta.url)

/** A row without a test says why in its third cell. */
const UNTESTED = /^not tested: ./

/** Last cell of each row that has an id: `file`, whose tests may be named behind it in quotes. */
const rows = readFileSync(at('ACCEPTANCE.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| [A-Z]\d\d /.test(line))
  .map((line) => line.split(' | '))
  .map(([id = '', , expected = '', heldBy = '']) => ({ id: id.slice(2), expected, heldBy }))

it('has each fault once', () => {
  const ids = rows.map(({ id }) => id.slice(0, 3))
  expect(ids.length).toBeGreaterThan(30)
  expect(new Set(ids).size).toBe(ids.length)
})

it.each(rows)(
  '$id is held by tests that exist, or says why there is none',
  ({ expected, heldBy }) => {
    const parts = heldBy.split(/`(?=[\w/.-]+\.ts`)/).slice(1)
    if (parts.length === 0) expect(expected).toMatch(UNTESTED)
    for (const part of parts) {
      const [file = '', said = ''] = part.split('`', 2)
      expect(existsSync(at(file)), file).toBe(true)
      const source = readFileSync(at(file), 'utf8')
      const names = [...said.matchAll(/"([^"]+)"/g)].map(([, name]) => name ?? '')
      for (const name of names) expect(source.includes(name), `${file}: ${name}`).toBe(true)
    }
  },
)
