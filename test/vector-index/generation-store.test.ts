// Generations on disk: what is written comes back, what is not whole is refused, what may go is removed.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createExactIndex } from '../../src/vector-index/exact.ts'
import { readManifest } from '../../src/vector-index/generation-check.ts'
import { exemplarDigest } from '../../src/vector-index/generation-draft.ts'
import { loadGeneration } from '../../src/vector-index/generation-loader.ts'
import { generationFolder, temporaryPath } from '../../src/vector-index/generation-name.ts'
import {
  currentGeneration,
  listGenerations,
  pruneGenerations,
  setCurrent,
  sweepOrphans,
} from '../../src/vector-index/generation-store.ts'
import { writeGeneration } from '../../src/vector-index/generation-writer.ts'
import { readUnseen } from '../../src/vector-index/unseen.ts'
import { ownTag } from '../../src/vector-index/writer-tag.ts'
import { FIT, makeDraft, ROW, rowOf, temporaryFolder } from './support/fixtures.ts'

const tinyDraft = (parentGeneration: number | null = null) =>
  makeDraft({ count: 12, parentGeneration })

/** A pid that was in use a moment ago and is not now. */
const deadPid = async (): Promise<number> => {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(child, 'exit')
  return child.pid ?? 0
}

describe('a generation', () => {
  it('keeps what the fit said of exemplars it had not seen, where it said so', async () => {
    const dir = join(await temporaryFolder(), 'index')
    const unseen = [{ row: 2, ownProbability: 0.25 }]
    const manifest = await writeGeneration(dir, { ...tinyDraft(), unseen })
    const kept = await readUnseen(dir, manifest)
    expect([...(kept ?? [])].map((value) => (Number.isNaN(value) ? null : value))).toEqual(
      Array.from({ length: 12 }, (_, row) => (row === 2 ? 0.25 : null)),
    )
    expect(await readUnseen(dir, await writeGeneration(dir, tinyDraft()))).toBeNull()
  })

  it('comes back as it was written', async () => {
    const dir = join(await temporaryFolder(), 'index')
    const draft = makeDraft()
    const manifest = await writeGeneration(dir, draft)
    const generation = await loadGeneration(dir, 1, FIT)
    expect(generation.manifest).toEqual(manifest)
    expect(generation.exemplars).toEqual(draft.exemplars)
    expect(generation.classifier).toEqual(draft.classifier)
    expect(generation.index).toMatchObject({ kind: 'hnsw', size: 120, ...ROW })
    expect(generation.vectors).toEqual(draft.vectors)
    expect(generation.searchProblem).toBeUndefined()
    expect(manifest).toMatchObject({
      generation: 1,
      exemplarCount: 120,
      routes: { code: 40, writing: 80 },
      feedbackExemplars: 24,
      heldOut: { accuracy: 0.875 },
    })
    const exact = createExactIndex({ vectors: draft.vectors, ...ROW })
    for (let row = 0; row < 120; row++) {
      const query = rowOf(draft.vectors, ROW.dimensions, row)
      const positions = (hits: { position: number }[]) => hits.map((hit) => hit.position)
      expect(positions(generation.index.search(query, 10))).toEqual(
        positions(exact.search(query, 10)),
      )
    }
  })

  it('is the same bytes for the same draft', async () => {
    const dir = await temporaryFolder()
    const first = await writeGeneration(dir, makeDraft())
    const second = await writeGeneration(dir, makeDraft())
    expect(second).toEqual({ ...first, generation: 2 })
  })

  it('is private: folders 0700, files 0600', async () => {
    const dir = join(await temporaryFolder(), 'index')
    await writeGeneration(dir, tinyDraft())
    await setCurrent(dir, 1)
    const modeOf = async (path: string) => (await stat(path)).mode & 0o777
    expect(await modeOf(dir)).toBe(0o700)
    expect(await modeOf(generationFolder(dir, 1))).toBe(0o700)
    expect(await modeOf(join(dir, 'current'))).toBe(0o600)
    const files = await readdir(generationFolder(dir, 1))
    expect(files.sort()).toEqual([
      'classifier.f32',
      'exemplars.jsonl',
      'hnsw.bin',
      'manifest.json',
      'manifest.sha256',
      'vectors.f32',
    ])
    for (const file of files) expect(await modeOf(join(generationFolder(dir, 1), file))).toBe(0o600)
  })

  it('may be empty', async () => {
    const dir = await temporaryFolder()
    const manifest = await writeGeneration(dir, makeDraft({ count: 0 }))
    expect(manifest).toMatchObject({ exemplarCount: 0, recallAt10: 1 })
    const { index } = await loadGeneration(dir, 1, FIT)
    expect(index.search(rowOf(makeDraft().vectors, ROW.dimensions, 0), 5)).toEqual([])
  })

  it('is searched exactly where it is small, and its graph is then empty and not opened', async () => {
    const dir = await temporaryFolder()
    const manifest = await writeGeneration(dir, makeDraft({ hnswMinimum: 121 }))
    expect(manifest).toMatchObject({ search: 'exact', recallAt10: 1 })
    const empty = await writeGeneration(dir, makeDraft({ count: 0 }))
    expect(manifest.files['hnsw.bin']).toEqual(empty.files['hnsw.bin'])
    await writeFile(join(generationFolder(dir, 1), 'hnsw.bin'), 'nonsense')
    const generation = await loadGeneration(dir, 1, FIT)
    expect(generation.index.kind).toBe('exact')
    expect(generation.searchProblem).toBeUndefined()
  })

  it('is searched exactly where the measured recall is below the least allowed', async () => {
    const dir = await temporaryFolder()
    const starved = { m: 4, efConstruction: 4, efSearch: 10 }
    const draft = makeDraft({ count: 3_000, clusters: 3_000, hnsw: starved, minRecall: 0.99 })
    const manifest = await writeGeneration(dir, draft)
    expect(manifest.recallAt10).toBeLessThan(0.99)
    expect(manifest.search).toBe('exact')
  })

  it('is searched more widely where that lifts the recall to the least allowed', async () => {
    const dir = await temporaryFolder()
    const narrow = { m: 8, efConstruction: 100, efSearch: 12 }
    const draft = makeDraft({ count: 2_000, clusters: 2_000, hnsw: narrow, minRecall: 0.9 })
    const manifest = await writeGeneration(dir, draft)
    expect(manifest).toMatchObject({ search: 'hnsw', hnsw: { ...narrow, efSearch: 48 } })
    expect(manifest.recallAt10).toBeGreaterThanOrEqual(0.9)
    expect((await loadGeneration(dir, 1, FIT)).index.kind).toBe('hnsw')
  })

  it('tells how far the graph is', async () => {
    const told: number[][] = []
    const dir = await temporaryFolder()
    await writeGeneration(dir, makeDraft({ count: 600 }), (done, total) => told.push([done, total]))
    expect(told).toEqual([
      [256, 600],
      [512, 600],
      [600, 600],
    ])
  })

  it('keeps what follows the embedding as it is, and refuses what is not finite there', async () => {
    const dir = await temporaryFolder()
    const draft = makeDraft()
    draft.vectors[5 * ROW.dimensions + 30] = 1e6
    await writeGeneration(dir, draft)
    expect((await loadGeneration(dir, 1, FIT)).vectors[5 * ROW.dimensions + 30]).toBe(1e6)
    draft.vectors[5 * ROW.dimensions + 30] = Number.NaN
    await expect(writeGeneration(dir, draft)).rejects.toMatchObject({
      code: 'invalid_vector',
      details: { row: 5, position: 30 },
    })
  })

  it('normalises embeddings on the way in', async () => {
    const dir = await temporaryFolder()
    const draft = makeDraft()
    const long = { ...draft, vectors: draft.vectors.map((value) => value * 1e6) }
    const { files } = await writeGeneration(dir, long)
    expect(files['vectors.f32']?.bytes).toBe(120 * ROW.dimensions * 4)
    const { index } = await loadGeneration(dir, 1, FIT)
    expect(index.search(rowOf(draft.vectors, ROW.dimensions, 4), 1)[0]?.similarity).toBeCloseTo(
      1,
      5,
    )
  })

  it.each([
    [
      'fewer vectors than exemplars',
      { vectors: new Float32Array(ROW.dimensions) },
      'index_invalid',
    ],
    ['a vector of zeros', { vectors: new Float32Array(120 * ROW.dimensions) }, 'invalid_vector'],
    ['embeddings longer than its rows', { searchDimensions: 33 }, 'index_invalid'],
    ['embeddings of no length', { searchDimensions: 0 }, 'index_invalid'],
    ['a parameter that JSON cannot hold', { createdAtMs: Number.NaN }, 'internal'],
  ])('is refused with %s, and leaves nothing behind', async (_what, changes, code) => {
    const dir = await temporaryFolder()
    const draft = { ...makeDraft(), ...changes }
    await expect(writeGeneration(dir, draft)).rejects.toMatchObject({ code })
    expect(await readdir(dir)).toEqual([])
  })

  it('never takes a number that was used before', async () => {
    const dir = await temporaryFolder()
    await writeFile(join(dir, 'current'), 'g000041\n')
    await mkdir(join(dir, 'g000043'))
    expect((await writeGeneration(dir, tinyDraft())).generation).toBe(44)
  })

  it('gets a number of its own where two are written at once', async () => {
    const dir = await temporaryFolder()
    const drafts = [1, 2, 3, 4].map(() => writeGeneration(dir, tinyDraft()))
    const numbers = (await Promise.all(drafts)).map((manifest) => manifest.generation)
    expect(numbers.sort()).toEqual([1, 2, 3, 4])
    for (const number of numbers) await loadGeneration(dir, number, FIT)
  })

  it('is refused for another encoder or other dimensions', async () => {
    const dir = await temporaryFolder()
    await writeGeneration(dir, tinyDraft())
    await expect(loadGeneration(dir, 1, { ...FIT, encoderId: 'other' })).rejects.toThrow(
      /built with encoder test-encoder, not other/,
    )
    await expect(loadGeneration(dir, 1, { ...FIT, dimensions: 25 })).rejects.toThrow(
      /32 dimensions, the encoder 25/,
    )
  })

  it('lets the event loop turn at least once for every 256 KiB that it reads', async () => {
    const dir = await temporaryFolder()
    const manifest = await writeGeneration(dir, makeDraft({ count: 1_000, dimensions: 192 }))
    const bytes = Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0)
    let turns = 0
    const count = (): void => {
      turns += 1
      immediate = setImmediate(count)
    }
    let immediate = setImmediate(count)
    await loadGeneration(dir, 1, { ...FIT, dimensions: 192 })
    clearImmediate(immediate)
    expect(turns).toBeGreaterThanOrEqual(bytes / 2 ** 18)
  })

  it('is refused where it does not exist', async () => {
    await expect(loadGeneration(await temporaryFolder(), 7, FIT)).rejects.toMatchObject({
      code: 'index_invalid',
      message: 'Index generation g000007: manifest.json of an index generation is missing.',
    })
  })

  it('serves by exact search, and says why, where only its graph is missing', async () => {
    const dir = await temporaryFolder()
    await writeGeneration(dir, tinyDraft())
    await rm(join(generationFolder(dir, 1), 'hnsw.bin'))
    const generation = await loadGeneration(dir, 1, FIT)
    expect(generation.index.kind).toBe('exact')
    expect(generation.searchProblem).toMatch(/hnsw\.bin .* is missing/)
  })

  it('shows a changed digit in its manifest', async () => {
    const dir = await temporaryFolder()
    await writeGeneration(dir, tinyDraft())
    const path = join(generationFolder(dir, 1), 'manifest.json')
    const json = await readFile(path, 'utf8')
    await writeFile(path, json.replace('"writing": 0.6', '"writing": 0.1'))
    await expect(readManifest(dir, 1)).rejects.toThrow(/does not match manifest.sha256/)
  })
})

describe('exemplarDigest', () => {
  it('depends on the exemplars and not on their order', () => {
    const { exemplars } = makeDraft({ count: 9 })
    const digest = exemplarDigest(exemplars)
    expect(exemplarDigest(exemplars.toReversed())).toBe(digest)
    expect(exemplarDigest(exemplars.slice(1))).not.toBe(digest)
  })
})

describe('the pointer', () => {
  it('is null before the first generation, and in a folder that does not exist', async () => {
    const dir = await temporaryFolder()
    expect(await currentGeneration(dir)).toBeNull()
    expect(await currentGeneration(join(dir, 'none'))).toBeNull()
    expect(await listGenerations(join(dir, 'none'))).toEqual([])
  })

  it('moves forward and back', async () => {
    const dir = await temporaryFolder()
    await writeGeneration(dir, tinyDraft())
    await writeGeneration(dir, tinyDraft(1))
    expect(await listGenerations(dir)).toEqual([1, 2])
    for (const number of [1, 2, 1]) {
      await setCurrent(dir, number)
      expect(await currentGeneration(dir)).toBe(number)
      expect(await readFile(join(dir, 'current'), 'utf8')).toBe(`g00000${number}\n`)
    }
  })

  it.each(['hnsw.bin', 'vectors.f32', 'classifier.f32', 'exemplars.jsonl', 'manifest.json'])(
    'does not move to a generation whose %s is damaged',
    async (file) => {
      const dir = await temporaryFolder()
      await writeGeneration(dir, tinyDraft())
      await writeGeneration(dir, tinyDraft(1))
      await setCurrent(dir, 1)
      const path = join(generationFolder(dir, 2), file)
      const bytes = await readFile(path)
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1
      await writeFile(path, bytes)
      await expect(setCurrent(dir, 2)).rejects.toMatchObject({ code: 'index_invalid' })
      expect(await currentGeneration(dir)).toBe(1)
    },
  )

  it.each(['', 'g1', 'g000000', '../g000001', 'g000001 g000002'])(
    'is an error where it reads %j',
    async (content) => {
      const dir = await temporaryFolder()
      await writeFile(join(dir, 'current'), content)
      await expect(currentGeneration(dir)).rejects.toMatchObject({ code: 'index_invalid' })
    },
  )
})

describe('pruneGenerations', () => {
  it('keeps the newest, the current one and its parent', async () => {
    const dir = await temporaryFolder()
    await writeGeneration(dir, tinyDraft())
    await writeGeneration(dir, tinyDraft())
    await writeGeneration(dir, tinyDraft(1))
    for (let i = 0; i < 4; i++) await writeGeneration(dir, tinyDraft(3))
    await setCurrent(dir, 3)
    expect(await pruneGenerations(dir, 2)).toEqual([2, 4, 5])
    expect(await listGenerations(dir)).toEqual([1, 3, 6, 7])
    expect(await pruneGenerations(dir, 2)).toEqual([])
    expect((await readdir(dir)).sort()).toEqual([
      'current',
      'g000001',
      'g000003',
      'g000006',
      'g000007',
    ])
  })

  it('removes nothing where the current manifest cannot be read', async () => {
    const dir = await temporaryFolder()
    for (let i = 0; i < 4; i++) await writeGeneration(dir, tinyDraft())
    await setCurrent(dir, 2)
    await rm(join(generationFolder(dir, 2), 'manifest.json'))
    await expect(pruneGenerations(dir, 1)).rejects.toMatchObject({ code: 'index_invalid' })
    expect(await listGenerations(dir)).toEqual([1, 2, 3, 4])
  })
})

describe('sweepOrphans', () => {
  it('removes what dead writers left and leaves a live one alone', async () => {
    const dir = await temporaryFolder()
    const dead = `tmp-${await deadPid()}-1-build-1`
    const reused = `tmp-${process.pid}-1-build-1`
    const live = temporaryPath(dir, 'build')
    for (const name of [dead, reused]) await mkdir(join(dir, name, 'deep'), { recursive: true })
    await mkdir(live)
    await writeFile(join(dir, 'notes.txt'), 'not ours')
    expect((await sweepOrphans(dir)).sort()).toEqual([dead, reused].sort())
    expect((await readdir(dir)).sort()).toEqual(['notes.txt', live.slice(dir.length + 1)].sort())
    expect(live).toContain(ownTag())
  })
})
