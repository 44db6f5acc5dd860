// X01: over 300 damaged generations, loaded in a child process. Each is refused or served by exact search with the right
// answers; hnswlib never sees a damaged file, so the child never dies.
import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { createRandom, type Random } from '../../src/core/statistics/random.ts'
import { createExactIndex } from '../../src/vector-index/exact.ts'
import { generationFolder } from '../../src/vector-index/generation-name.ts'
import { writeGeneration } from '../../src/vector-index/generation-writer.ts'
import type { VectorHit } from '../../src/vector-index/vector-index.ts'
import { ask, forkChild } from '../vector-index/support/child.ts'
import { FIT, makeDraft, ROW, rowOf, temporaryFolder } from '../vector-index/support/fixtures.ts'

const FILES = ['hnsw.bin', 'vectors.f32', 'exemplars.jsonl', 'classifier.f32', 'manifest.json']
const DRAFT = makeDraft({ count: 200 })
const QUERIES = [0, 50, 150].map((row) => rowOf(DRAFT.vectors, ROW.dimensions, row))
const TRUTH = createExactIndex({ vectors: DRAFT.vectors, ...ROW })
const HEADER_BYTES = 96

interface Answer {
  outcome: 'served' | 'refused'
  name?: string
  code?: string
  message?: string
  search?: 'hnsw' | 'exact'
  searchProblem?: string
  hits?: VectorHit[][]
}

interface Mutation {
  name: string
  file: string
  change: (bytes: Buffer) => Buffer
  /** The manifest is made to agree with the damaged file, as a faulty writer would: only the layout check is left. */
  isResigned?: boolean
}

const flipBit = (bytes: Buffer, at: number, bit: number): Buffer => {
  bytes[at] = (bytes[at] as number) ^ (1 << bit)
  return bytes
}

const below = (random: Random, limit: number): number => Math.floor(random() * limit)

const cuts = (random: Random): Mutation[] =>
  FILES.flatMap((file) =>
    [0, 0.1, 0.5, 0.9, random()].map((share) => ({
      name: `${file} cut to ${share.toFixed(2)}`,
      file,
      change: (bytes: Buffer) => bytes.subarray(0, Math.floor(bytes.length * share)),
    })),
  )

const noise = (random: Random): Mutation[] =>
  FILES.flatMap((file) =>
    [1, 2, 3].flatMap((round): Mutation[] => [
      {
        name: `${file} with 100 random bytes (${round})`,
        file,
        change: (bytes) => {
          for (let i = 0; i < 100; i++) bytes[below(random, bytes.length)] = below(random, 256)
          return bytes
        },
      },
      {
        name: `${file} with a page of zeros (${round})`,
        file,
        change: (bytes) => {
          const at = below(random, bytes.length)
          return bytes.fill(0, at, Math.min(bytes.length, at + 4_096))
        },
      },
      {
        name: `${file} one byte longer (${round})`,
        file,
        change: (bytes) => Buffer.concat([bytes, Buffer.of(round)]),
      },
    ]),
  )

const flips = (random: Random): Mutation[] =>
  FILES.flatMap((file) =>
    Array.from({ length: 22 }, (_, round) => ({
      name: `${file} with a flipped bit (${round})`,
      file,
      change: (bytes: Buffer) =>
        flipBit(bytes, below(random, round < 8 ? 64 : bytes.length) % bytes.length, round % 8),
    })),
  )

/** Header flips, and flips behind it, with a manifest that vouches for them. */
const resigned = (random: Random): Mutation[] =>
  Array.from({ length: 130 }, (_, round): Mutation => {
    const isHeader = round < 80
    return {
      name: `re-signed hnsw.bin with a flipped bit in the ${isHeader ? 'header' : 'body'} (${round})`,
      file: 'hnsw.bin',
      isResigned: true,
      change: (bytes) => {
        const at = isHeader ? below(random, HEADER_BYTES) : below(random, bytes.length)
        return flipBit(bytes, at, below(random, 8))
      },
    }
  }).concat(
    [0, 50, 96, 97, 1_000, 20_000].map((length) => ({
      name: `re-signed hnsw.bin cut to ${length} bytes`,
      file: 'hnsw.bin',
      isResigned: true,
      change: (bytes: Buffer) => bytes.subarray(0, length),
    })),
  )

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const resign = async (folder: string, changes: (manifest: Record<string, unknown>) => void) => {
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'))
  changes(manifest)
  const json = Buffer.from(JSON.stringify(manifest))
  await writeFile(join(folder, 'manifest.json'), json)
  await writeFile(join(folder, 'manifest.sha256'), `${sha256(json)}  manifest.json\n`)
}

const vouchFor = (folder: string, file: string, bytes: Buffer): Promise<void> =>
  resign(folder, (manifest) => {
    const files = manifest.files as Record<string, unknown>
    files[file] = { sha256: sha256(bytes), bytes: bytes.length }
  })

/** Hits are those of the oracle; a graph with one altered link (re-signed) may miss some, but never invents any. */
const expectTrueHits = (name: string, hits: VectorHit[][] = [], mayMiss: number): void => {
  expect(hits, name).toHaveLength(QUERIES.length)
  for (const [i, query] of QUERIES.entries()) {
    const truth = new Map(TRUTH.search(query, 200).map((hit) => [hit.position, hit.similarity]))
    const best = new Set([...truth.keys()].slice(0, 10))
    const found = hits[i] ?? []
    expect(found.filter((hit) => best.has(hit.position)).length, name).toBeGreaterThanOrEqual(
      10 - mayMiss,
    )
    for (const { position, similarity } of found) {
      expect(similarity, name).toBeCloseTo(truth.get(position) ?? 9, 5)
    }
  }
}

/** What must hold whatever was damaged; returns which of the three it was. */
const judge = (name: string, answer: Answer): 'refused' | 'exact' | 'hnsw' => {
  if (answer.outcome === 'refused') {
    expect(answer, name).toMatchObject({ name: 'RouterError', code: 'index_invalid' })
    expect(answer.message, name).not.toContain('naïve')
    return 'refused'
  }
  expectTrueHits(name, answer.hits, answer.search === 'hnsw' ? 2 : 0)
  if (answer.search === 'exact') expect(answer.searchProblem, name).toMatch(/hnsw\.bin/)
  return answer.search ?? 'exact'
}

describe('a damaged generation', () => {
  let pristine: string
  let child: ChildProcess

  beforeAll(async () => {
    pristine = await mkdtemp(join(tmpdir(), 'signalbox-pristine-'))
    await writeGeneration(pristine, DRAFT)
    await writeGeneration(pristine, makeDraft({ count: 200, seed: 7 }))
    await writeGeneration(pristine, makeDraft({ count: 200, dimensions: 16 }))
    child = forkChild('load')
    return async () => {
      child.kill('SIGKILL')
      await rm(pristine, { recursive: true })
    }
  })

  const load = (dir: string, number = 1): Promise<Answer> =>
    ask<Answer>(child, { dir, number, fit: FIT, queries: QUERIES })

  const mutate = async (dir: string, mutation: Mutation): Promise<boolean> => {
    const folder = generationFolder(dir, 1)
    await rm(folder, { recursive: true, force: true })
    await cp(generationFolder(pristine, 1), folder, { recursive: true })
    const original = await readFile(join(folder, mutation.file))
    const changed = mutation.change(Buffer.from(original))
    if (changed.equals(original)) return false
    await writeFile(join(folder, mutation.file), changed)
    if (mutation.isResigned) await vouchFor(folder, mutation.file, changed)
    return true
  }

  it('is loaded where nothing is wrong with it', async () => {
    const answer = await load(pristine)
    expect(judge('pristine', answer)).toBe('hnsw')
  })

  it('never crashes the process, and never serves a wrong answer: 300 mutations', async () => {
    const random = createRandom(20)
    const mutations = [...cuts(random), ...noise(random), ...flips(random), ...resigned(random)]
    const dir = await temporaryFolder()
    const counts = { refused: 0, exact: 0, hnsw: 0 }
    for (const mutation of mutations) {
      if (!(await mutate(dir, mutation))) continue
      const verdict = judge(mutation.name, await load(dir))
      counts[verdict] += 1
      // A re-signed flip may hit a number that cannot do harm (an unused link slot, the header's mult); no other may pass.
      if (!mutation.isResigned) expect(verdict, mutation.name).not.toBe('hnsw')
      if (mutation.file !== 'hnsw.bin') expect(verdict, mutation.name).toBe('refused')
    }
    expect(counts.refused + counts.exact + counts.hnsw).toBeGreaterThanOrEqual(300)
    expect(counts.refused).toBeGreaterThan(100)
    expect(counts.exact).toBeGreaterThan(100)
  }, 120_000)

  it.each(FILES.flatMap((file) => [2, 3].map((other) => ({ file, other }))))(
    'is not served with $file of generation $other',
    async ({ file, other }) => {
      const dir = await temporaryFolder()
      await cp(pristine, dir, { recursive: true })
      const foreign = await readFile(join(generationFolder(dir, other), file))
      const own = await readFile(join(generationFolder(dir, 1), file))
      await writeFile(join(generationFolder(dir, 1), file), foreign)
      const verdict = judge(file, await load(dir))
      // The classifier of these drafts is the same in all; the texts and routes are, too.
      const isSame = foreign.equals(own)
      expect(verdict).toBe(isSame ? 'hnsw' : file === 'hnsw.bin' ? 'exact' : 'refused')
    },
  )

  it.each([2, 3])('is not served with a re-signed hnsw.bin of generation %i', async (other) => {
    const dir = await temporaryFolder()
    await cp(pristine, dir, { recursive: true })
    const foreign = await readFile(join(generationFolder(dir, other), 'hnsw.bin'))
    await writeFile(join(generationFolder(dir, 1), 'hnsw.bin'), foreign)
    await vouchFor(generationFolder(dir, 1), 'hnsw.bin', foreign)
    expect(judge('foreign graph', await load(dir))).toBe('exact')
  })

  it.each([
    ['of another generation number', { generation: 9 }],
    ['of other dimensions', { dimensions: 12 }],
    ['of another encoder', { encoderId: 'other' }],
    ['with fewer exemplars', { exemplarCount: 199 }],
    ['that searches more than a row', { searchDimensions: 33 }],
    ['of another format', { format: 1 }],
    ['with an unknown key', { extra: true }],
    ['that lists no files', { files: {} }],
  ])('is refused with a re-signed manifest %s', async (_what, changes) => {
    const dir = await temporaryFolder()
    await cp(pristine, dir, { recursive: true })
    await resign(generationFolder(dir, 1), (manifest) => Object.assign(manifest, changes))
    expect(judge('manifest', await load(dir))).toBe('refused')
  })

  it('is refused with a re-signed vector that is not finite', async () => {
    const dir = await temporaryFolder()
    await cp(pristine, dir, { recursive: true })
    const path = join(generationFolder(dir, 1), 'vectors.f32')
    const bytes = await readFile(path)
    bytes.writeFloatLE(Number.NaN, 4 * ROW.dimensions * 17 + 4 * 28)
    await writeFile(path, bytes)
    await vouchFor(generationFolder(dir, 1), 'vectors.f32', bytes)
    const answer = await load(dir)
    expect(judge('NaN', answer)).toBe('refused')
    expect(answer.message).toMatch(/Row 17: vector\[28\] is NaN/)
  })
})
