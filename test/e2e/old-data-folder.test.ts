// A data folder that version 0.1.0 wrote before the source was rearranged (fixtures/data-0.1.0: one generation of sixty
// exemplars, six decisions, one vote) is opened, served from, explained and rebuilt by this version.
import { readFileSync } from 'node:fs'
import { chmod, cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AnsweringServer, createSite, type Site } from '../support/server.ts'

const OLD = fileURLToPath(new URL('../fixtures/data-0.1.0', import.meta.url))
const ROUTES = ['code', 'cooking', 'travel', 'finance', 'fitness']

/** The exemplars of the old generation, as training data. */
const training = (): Record<string, object[]> => {
  const rows = readFileSync(join(OLD, 'index/g000001/exemplars.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { text: string; route: string })
    .map(({ text, route }) => ({ text, route }))
  const of = (wanted: string) => rows.filter(({ route }) => route === wanted)
  return Object.fromEntries(ROUTES.map((route) => [`${route}.jsonl`, of(route)]))
}

let site: Site
let server: AnsweringServer

interface DecisionJson {
  id: string
  route: string
  index_generation: number
}

const list = async (): Promise<DecisionJson[]> => {
  const response = await fetch(`${server.url}/v1/decisions?limit=10`)
  return ((await response.json()) as { data: DecisionJson[] }).data
}

beforeAll(async () => {
  site = await createSite({ index: 'none', training: training() })
  const routes = Object.fromEntries([...ROUTES, 'general'].map((r) => [r, { models: ['small'] }]))
  await site.configure({ routes, default_route: 'general' })
  await cp(OLD, site.dataDir, { recursive: true })
  await chmod(site.dataDir, 0o700)
  server = await site.startHere()
}, 60_000)

afterAll(() => site.remove())

describe('a data folder of version 0.1.0', { shuffle: false }, () => {
  it('serves from the generation that it holds, without a build', async () => {
    expect(await readdir(site.indexDir)).not.toContain('g000002')
    expect(await server.route('write a python function that counts words')).toMatchObject({
      route: 'code',
      index_generation: 1,
      degraded_by: null,
    })
  })

  it('keeps its decisions and votes', async () => {
    const decisions = await list()
    const old = decisions.filter(({ id }) => id.startsWith('01a22942'))
    expect(old.map(({ route }) => route)).toEqual([
      'code',
      'fitness',
      'finance',
      'travel',
      'cooking',
      'code',
    ])
    const votes = await fetch(`${server.url}/admin/feedback`)
    expect(await votes.json()).toMatchObject({
      data: [{ decision_id: old[0]?.id, verdict: 'bad', correct_route: 'cooking' }],
    })
  })

  it('explains each of them as it was decided', async () => {
    for (const { id } of (await list()).filter((row) => row.id.startsWith('01a22942'))) {
      const receipt = await fetch(`${server.url}/v1/decisions/${id}/explain`)
      expect(await receipt.json()).toMatchObject({ verdict: 'reproduced' })
    }
  }, 120_000)

  it('takes the next build beside it', async () => {
    await server.stop()
    expect(await site.run(['rebuild', '--json'])).toMatchObject({ exitCode: 0 })
    expect(await readdir(site.indexDir)).toEqual(expect.arrayContaining(['g000001', 'g000002']))
  }, 120_000)
})
