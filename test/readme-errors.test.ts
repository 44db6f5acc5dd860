import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { errorTableMarkdown, errorTableRows } from './support/error-table.ts'

test('the error table of the README lists exactly the codes of the catalogue with their statuses', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const rows = readme
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^\| `[a-z_]+` \| \d{3}/.test(line))
  expect(rows, `expected this table:\n\n${errorTableMarkdown()}\n`).toEqual(errorTableRows())
})
