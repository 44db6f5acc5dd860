// signalbox models and signalbox init, as processes.
import { readFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { temporaryFolder } from '../support/training-folder.ts'
import { createWorkspace } from './run-command.ts'

const configOf = (select: string) =>
  stringify({
    providers: { openai: { kind: 'openai', preset: 'openai' } },
    models: {
      known: { provider: 'openai', name: 'gpt-4.1' },
      own: { provider: 'openai', name: 'gpt-99' },
    },
    routes: { general: { models: ['known', 'own'], select } },
    default_route: 'general',
  })

it('says what is known of prices, and fails where a policy needs one that is not', async () => {
  const { dir, run } = await createWorkspace(await temporaryFolder())
  const file = join(dir, 'signalbox.yaml')
  await writeFile(file, configOf('first'))
  const listed = JSON.parse((await run(['models', 'list', '--json'])).stdout)
  expect(listed.models).toMatchObject([
    { id: 'known', input_usd_per_million: 2, price_from: 'book' },
    { id: 'own', input_usd_per_million: null, price_from: 'unknown' },
  ])
  const fine = await run(['models', 'check'])
  expect(fine.exitCode).toBe(0)
  expect(fine.stdout).toContain('models.own: its price is unknown')
  await writeFile(file, configOf('cheapest'))
  const wrong = await run(['models', 'check'])
  expect(wrong.exitCode).toBe(1)
  expect(wrong.stdout).toContain('the price of own is unknown')
})

it('writes a file that a server would start by, and never over another', async () => {
  const { dir, run } = await createWorkspace(await temporaryFolder())
  const file = join(dir, 'signalbox.yaml')
  const before = readFileSync(file, 'utf8')
  const refused = await run(['init'])
  expect(refused.exitCode).toBe(1)
  expect(readFileSync(file, 'utf8')).toBe(before)
  await rm(file)
  const made = await run(['init', '--json'])
  expect(JSON.parse(made.stdout)).toMatchObject({ file })
  expect((await run(['config', 'print'])).exitCode).toBe(0)
})
