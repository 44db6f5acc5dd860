// A server that finds its index damaged: it says so in one clear line and serves an older generation, exact search, or a
// fresh build. Its generations are given a graph that serves, which so few exemplars do not get by themselves.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buildHnsw } from '../../src/vector-index/hnsw.ts'
import type { Manifest } from '../../src/vector-index/manifest.ts'
import { generatedRoute, generatedTraining } from '../support/generated-training.ts'
import {
  type AnsweringServer,
  createSite,
  type LogLine,
  type Site,
  troublesIn,
} from '../support/server.ts'

const PROMPT = 'sort a list in python'
const CASE_TIMEOUT_MS = 60_000

let site: Site
let pristine: string
let server: AnsweringServer | null = null

beforeAll(async () => {
  site = await createSite({ training: generatedTraining(167), index: 'none' })
  pristine = join(site.dir, 'pristine')
  expect((await site.run(['rebuild', '--json'])).exitCode).toBe(0)
  const second = await site.run(['rebuild', '--force', '--json'])
  expect(JSON.parse(second.stdout)).toMatchObject({ generation: 2, parent: 1, search: 'exact' })
  for (const generation of [1, 2]) await addGraph(generation)
  await cp(site.indexDir, pristine, { recursive: true })
}, 240_000)

afterAll(() => site.remove())

afterEach(async () => {
  await server?.stop()
  server = null
  await rm(site.indexDir, { recursive: true })
  await cp(pristine, site.indexDir, { recursive: true })
})

const path = (generation: number, file: string): string =>
  join(site.indexDir, `g${String(generation).padStart(6, '0')}`, file)

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex')

const edit = async (file: string, change: (bytes: Buffer) => void): Promise<void> => {
  const bytes = await readFile(file)
  change(bytes)
  await writeFile(file, bytes)
}

const flipBit = (offset: number) => (bytes: Buffer) => {
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 1, offset)
}

/** Writes a manifest whose own hash holds: what is wrong with it then is its content. */
const reseal = async (generation: number, change: (manifest: Manifest) => void): Promise<void> => {
  const manifest = JSON.parse(await readFile(path(generation, 'manifest.json'), 'utf8')) as Manifest
  change(manifest)
  const json = JSON.stringify(manifest, null, 2)
  await writeFile(path(generation, 'manifest.json'), json)
  await writeFile(path(generation, 'manifest.sha256'), `${sha256(json)}  manifest.json\n`)
}

const addGraph = async (generation: number): Promise<void> => {
  const rows = await readFile(path(generation, 'vectors.f32'))
  const vectors = new Float32Array(new Uint8Array(rows).buffer)
  await reseal(generation, (manifest) => {
    const { dimensions, searchDimensions, seed, hnsw } = manifest
    const file = path(generation, 'hnsw.bin')
    buildHnsw({ ...hnsw, dimensions, searchDimensions, vectors, seed }).save(file)
    const graph = readFileSync(file)
    manifest.search = 'hnsw'
    manifest.files['hnsw.bin'] = { bytes: graph.length, sha256: sha256(graph) }
  })
}

/** Starts, routes one prompt, and gives what was logged as a problem. */
const serve = async () => {
  server = await site.startHere()
  const decision = await server.route(PROMPT)
  expect(decision).toMatchObject({ reason: 'matched', route: generatedRoute('code') })
  const readiness = await (await fetch(`${server.url}/readyz`)).json()
  const problems = troublesIn(server.log())
  return { generation: decision.index_generation, readiness, problems }
}

const line = (fields: Partial<LogLine>) => expect.objectContaining(fields)

describe('a server whose hnsw.bin is damaged', () => {
  it.each([
    ['truncated', () => truncate(path(2, 'hnsw.bin'), 5_000), /^hnsw\.bin .* has 5000 bytes/],
    [
      'changed by one bit in the header',
      () => edit(path(2, 'hnsw.bin'), flipBit(24)),
      /^hnsw\.bin .* has the sha256 \w+, expected/,
    ],
    [
      'of another dimension, and listed with its own hash',
      async () => {
        await edit(path(2, 'hnsw.bin'), (bytes) => void bytes.writeUInt32LE(3_212, 24))
        const hash = sha256(await readFile(path(2, 'hnsw.bin')))
        await reseal(2, ({ files }) => Object.assign(files['hnsw.bin'] ?? {}, { sha256: hash }))
      },
      /size_data_per_element is 3212, expected/,
    ],
    ['gone', () => rm(path(2, 'hnsw.bin')), /^hnsw\.bin .* is missing/],
  ])(
    'serves the same generation by exact search where the file is %s',
    async (_, damage, problem) => {
      await damage()
      const { generation, readiness, problems } = await serve()
      expect(generation).toBe(2)
      expect(readiness).toMatchObject({ checks: { index: { detail: 'generation 2, exact' } } })
      expect(problems).toEqual([
        line({
          level: 'error',
          msg: 'Index generation serves by exact search: its codes or graph cannot be used.',
          generation: 2,
          problem: expect.stringMatching(problem),
        }),
      ])
    },
    CASE_TIMEOUT_MS,
  )
})

describe('a server whose current generation is damaged otherwise', () => {
  it.each([
    ['vectors.f32 is truncated', () => truncate(path(2, 'vectors.f32'), 1_000), /vectors\.f32/],
    [
      'its manifest tells another dimension than its vectors have',
      () =>
        reseal(2, (manifest) => {
          manifest.dimensions = 768
        }),
      /vectors\.f32 has \d+ bytes, not \d+/,
    ],
    [
      'it is of another encoder',
      () =>
        reseal(2, (manifest) => {
          manifest.encoderId = 'another/fp32/mean@00000000'
        }),
      /it was built with encoder another\/fp32\/mean@00000000, not all-MiniLM/,
    ],
    [
      'one bit of its manifest changed',
      () => edit(path(2, 'manifest.json'), flipBit(40)),
      /manifest\.json does not match/,
    ],
  ])(
    'serves the previous one where %s',
    async (_, damage, problem) => {
      await damage()
      const { generation, problems } = await serve()
      expect(generation).toBe(1)
      expect(problems).toEqual([
        line({
          level: 'error',
          msg: 'The current index generation cannot be loaded.',
          generation: 2,
          problem: expect.stringMatching(problem),
        }),
      ])
    },
    CASE_TIMEOUT_MS,
  )

  it(
    'serves the newest generation where the pointer names none',
    async () => {
      await writeFile(join(site.indexDir, 'current'), '\0\0\0')
      const { generation, problems } = await serve()
      expect(generation).toBe(2)
      expect(problems).toEqual([
        line({ msg: 'The current index generation cannot be loaded.', generation: null }),
      ])
    },
    CASE_TIMEOUT_MS,
  )

  it(
    'builds a new one where none is sound, and serves that',
    async () => {
      await truncate(path(1, 'vectors.f32'), 0)
      await truncate(path(2, 'classifier.f32'), 4)
      const { generation, readiness, problems } = await serve()
      expect(generation).toBe(3)
      expect(readiness).toMatchObject({ checks: { index: { detail: 'generation 3, exact' } } })
      expect(problems).toEqual([
        line({ msg: 'The current index generation cannot be loaded.', generation: 2 }),
        line({ msg: 'An older index generation cannot be loaded either.', generation: 1 }),
      ])
    },
    CASE_TIMEOUT_MS,
  )
})

describe('signalbox on a damaged index', () => {
  it(
    'rebuilds although the texts are the same, and refuses to roll back to what is damaged',
    async () => {
      await truncate(path(2, 'vectors.f32'), 1_000)
      const rebuilt = await site.run(['rebuild', '--json'])
      expect(JSON.parse(rebuilt.stdout)).toMatchObject({ generation: 3, unchanged: false })
      const refused = await site.run(['rollback', '--to', '2'])
      expect(refused.exitCode).toBe(1)
      expect(refused.stderr).toMatch(/^error: Index generation g000002: vectors\.f32 .* 1000 bytes/)
    },
    CASE_TIMEOUT_MS,
  )
})
