import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { loadExemplars } from '../../../src/training/exemplars/exemplars.ts'
import { copyFromLibrary, libraryRoutes } from '../../../src/training/exemplars/route-library.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'signalbox-library-'))
  await write('writing', [
    { text: 'a haiku about rust', route: 'writing', source: 'seed', style: 'terse' },
    { text: 'un poème sur la pluie', route: 'writing', id: 'w1', language: 'fr' },
  ])
  await write('none', [{ text: 'set a timer', route: 'none' }])
  await write('held-out', [{ text: 'an ode', route: 'writing' }])
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const write = (name: string, rows: object[]): Promise<void> =>
  writeFile(join(dir, `${name}.jsonl`), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))

const copy = (changes: { like?: string; configured?: string[] } = {}) =>
  copyFromLibrary({
    library: { folder: dir, version: '1.2.3' },
    ...{ like: 'writing', route: 'copy', trainingDir: dir, configured: ['copy'] },
    ...changes,
  })

const linesOf = async (name: string): Promise<unknown[]> =>
  (await readFile(join(dir, `${name}.jsonl`), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

it('has the routes of the shipped files, neither none nor the held-out prompts', async () => {
  expect(await libraryRoutes({ folder: dir, version: '1' })).toEqual(['writing'])
})

it('goes behind the exemplars of one’s own, with its tags and where it is from', async () => {
  await write('copy', [{ text: 'copy for our spring mailing', route: 'copy' }])
  expect(await copy()).toBe(2)
  expect(await linesOf('copy')).toEqual([
    { text: 'copy for our spring mailing', route: 'copy' },
    {
      ...{ text: 'a haiku about rust', route: 'copy', source: 'seed', style: 'terse' },
      library: 'writing@1.2.3',
    },
    { text: 'un poème sur la pluie', route: 'copy', language: 'fr', library: 'writing@1.2.3' },
  ])
  expect(await loadExemplars(dir, ['copy'])).toHaveLength(4)
})

it('leaves out what the folder has already, so that a second time adds nothing', async () => {
  await write('copy', [{ text: 'A haiku  about rust', route: 'copy' }])
  expect(await copy()).toBe(1)
  expect(await copy()).toBe(0)
})

it('refuses a route that the library lacks, and names those that it has', async () => {
  await expect(copy({ like: 'poetry' })).rejects.toThrow(
    'The library has no route "poetry"; it has writing.',
  )
})

it('refuses a route that is configured itself, and writes nothing', async () => {
  await expect(copy({ configured: ['copy', 'writing'] })).rejects.toThrow(
    'writing is configured itself',
  )
  await expect(readFile(join(dir, 'copy.jsonl'))).rejects.toThrow(/ENOENT/)
})
