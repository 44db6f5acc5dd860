import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readOutcomeFile } from '../../../src/training/outcomes/outcome-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'outcomes-'))
})
afterEach(() => rm(folder, { recursive: true }))

const fileOf = async (...rows: unknown[]): Promise<string> => {
  const path = join(folder, 'outcomes.jsonl')
  const lines = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row)))
  await writeFile(path, lines.join('\n'))
  return path
}

const row = { text: 'hi', label: 'talk', scores: { b: 1, a: 0.5 }, cost: { a: 0.1, b: 0.2 } }

it('reads scores and costs in one order of models', async () => {
  const { texts, table, hasCosts } = await readOutcomeFile(
    await fileOf(row, { ...row, label: undefined }),
  )
  expect(texts).toEqual(['hi', 'hi'])
  expect(table.models).toEqual(['a', 'b'])
  expect([...table.scores.data]).toEqual([0.5, 1, 0.5, 1])
  expect([...table.costs.data]).toEqual([...Float32Array.of(0.1, 0.2, 0.1, 0.2)])
  expect(table.labels).toEqual(['talk', ''])
  expect(hasCosts).toBe(true)
})

it('takes files without costs', async () => {
  const { hasCosts } = await readOutcomeFile(await fileOf({ ...row, cost: undefined }))
  expect(hasCosts).toBe(false)
})

it.each([
  ['a line that is no JSON', ['{'], /:1: is not JSON/],
  ['a score beyond 1', [row, { ...row, scores: { a: 2, b: 1 } }], /:2: scores\.a/],
  ['a single model', [{ ...row, scores: { a: 1 } }], /:1: scores: give at least two models/],
  ['a missing text', [{ ...row, text: undefined }], /:1: text/],
  ['a missing score', [row, { ...row, scores: { a: 1, c: 1 } }], /row 2: has no score of b/],
  ['a missing cost', [row, { ...row, cost: { a: 1 } }], /row 2: has no cost of b/],
  ['no rows', [''], /has no rows/],
])('refuses %s and says where and what is expected', async (_, rows, expected) => {
  const path = await fileOf(...rows)
  await expect(readOutcomeFile(path)).rejects.toThrow(expected)
  await expect(readOutcomeFile(path)).rejects.toThrow(/expected \{"text"/)
})

it('refuses a file that is not there', async () => {
  await expect(readOutcomeFile(join(folder, 'none.jsonl'))).rejects.toThrow(
    /cannot be read \(ENOENT\)/,
  )
})
