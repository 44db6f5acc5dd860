// ACCEPTANCE.md says which test holds each fault of the acceptance list: here, that those tests exist.
import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const at = (path: string): URL => new URL(path, import.meta.url)

/** Last cell of each row that has an id: `file`, whose tests may be named behind it in quotes. */
const rows = readFileSync(at('ACCEPTANCE.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| [A-Z]\d\d /.test(line))
  .map((line) => line.split(' | '))
  .map((cells) => ({ id: (cells[0] ?? '').slice(2), heldBy: cells.at(-1) ?? '' }))

it('has each fault once', () => {
  const ids = rows.map(({ id }) => id.slice(0, 3))
  expect(ids.length).toBeGreaterThan(30)
  expect(new Set(ids).size).toBe(ids.length)
})

it.each(rows)('$id is held by tests that exist', ({ heldBy }) => {
  const parts = heldBy.split(/`(?=[\w/.-]+\.ts`)/).slice(1)
  expect(parts.length).toBeGreaterThan(0)
  for (const part of parts) {
    const [file = '', said = ''] = part.split('`', 2)
    expect(existsSync(at(file)), file).toBe(true)
    const source = readFileSync(at(file), 'utf8')
    const names = [...said.matchAll(/"([^"]+)"/g)].map(([, name]) => name ?? '')
    for (const name of names) expect(source.includes(name), `${file}: ${name}`).toBe(true)
  }
})
