import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Exemplar } from '../../../src/core/types.ts'
import { appendExemplars } from '../../../src/training/exemplars/append-exemplars.ts'

const exemplar: Exemplar = { id: 'e1', text: 'Shut the gate.', route: 'gates', source: 'seed' }

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'signalbox-append-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

it('makes the folder and the file of a route that are not there yet', async () => {
  const folder = join(dir, 'training-data')
  expect(await appendExemplars(folder, [exemplar])).toEqual([join(folder, 'gates.jsonl')])
  expect(readFileSync(join(folder, 'gates.jsonl'), 'utf8')).toContain('Shut the gate.')
})

it('writes nothing into what npm installed, and says what to do', async () => {
  const folder = join(dir, 'node_modules/signalbox/training-data')
  mkdirSync(folder, { recursive: true })
  await expect(appendExemplars(folder, [exemplar])).rejects.toMatchObject({
    code: 'invalid_config',
    message: expect.stringContaining(`cp -r ${folder} .`),
  })
  expect(existsSync(join(folder, 'gates.jsonl'))).toBe(false)
})
