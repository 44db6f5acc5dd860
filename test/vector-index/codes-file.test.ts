// Codes of a generation on disk: where they serve, and what is refused.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openCodes, packCodes } from '../../src/vector-index/codes-file.ts'
import { createExactIndex } from '../../src/vector-index/exact.ts'
import { readManifest, verifyGeneration } from '../../src/vector-index/generation-check.ts'
import { chooseCodes } from '../../src/vector-index/generation-codes.ts'
import type { GenerationDraft } from '../../src/vector-index/generation-draft.ts'
import { loadGeneration } from '../../src/vector-index/generation-loader.ts'
import { generationFolder } from '../../src/vector-index/generation-name.ts'
import { writeGeneration } from '../../src/vector-index/generation-writer.ts'
import { FIT, makeDraft, ROW, rowOf, temporaryFolder } from './support/fixtures.ts'

const COUNT = 1_200
const codedDraft = (changes: Partial<GenerationDraft> = {}) =>
  makeDraft({ count: COUNT, codesMinimum: COUNT, ...changes })

const written = async (draft = codedDraft()) => {
  const dir = await temporaryFolder()
  return { dir, draft, manifest: await writeGeneration(dir, draft) }
}

describe('codes of a generation', () => {
  it('serve where there are enough exemplars, with the neighbours of exact search, and without a graph', async () => {
    const { dir, draft, manifest } = await written()
    expect(manifest.search).toBe('exact')
    expect(manifest.recallAt10).toBeGreaterThanOrEqual(0.998)
    const empty = await writeGeneration(dir, makeDraft({ count: 0 }))
    expect(manifest.files['hnsw.bin']).toEqual(empty.files['hnsw.bin'])
    const { index, searchProblem } = await loadGeneration(dir, 1, FIT)
    expect(index).toMatchObject({ kind: 'codes', size: COUNT, ...ROW })
    expect(searchProblem).toBeUndefined()
    const exact = createExactIndex({ vectors: draft.vectors, ...ROW })
    for (let row = 0; row < COUNT; row += 40) {
      const query = rowOf(draft.vectors, ROW.dimensions, row)
      expect(index.search(query, 3)).toEqual(exact.search(query, 3))
    }
  })

  it('are the same bytes for the same draft', async () => {
    const first = await written()
    expect((await written()).manifest.files).toEqual(first.manifest.files)
  })

  it('are none where there are fewer exemplars, as in a generation of before, and where they find too few', async () => {
    for (const changes of [{ codesMinimum: COUNT + 1 }, { minRecall: 1.01 }]) {
      const { dir, manifest } = await written(codedDraft(changes))
      expect(manifest.files).not.toHaveProperty('codes.bin')
      expect((await loadGeneration(dir, 1, FIT)).index.kind).not.toBe('codes')
    }
  })

  it('leave the generation to exact search, which says why, where they are damaged or missing', async () => {
    const { dir } = await written()
    const path = join(generationFolder(dir, 1), 'codes.bin')
    const bytes = await readFile(path)
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] as number) ^ 1
    await writeFile(path, bytes)
    const generation = await loadGeneration(dir, 1, FIT)
    expect(generation.index.kind).toBe('exact')
    expect(generation.searchProblem).toMatch(/codes\.bin .* has the sha256/)
    await expect(verifyGeneration(dir, 1)).rejects.toThrow(/codes\.bin/)
    expect((await readManifest(dir, 1)).search).toBe('exact')
  })
})

describe('a file of codes', () => {
  const draft = codedDraft()
  const chosen = chooseCodes({ draft, vectors: draft.vectors })
  if (!chosen) throw new Error('No codes were chosen.')
  const packed = () => Buffer.from(packCodes(chosen))
  /** As it is read: its own buffer from offset 0. */
  const opened = (bytes: Buffer, vectors = draft.vectors, shape = ROW) =>
    openCodes(Buffer.from(Uint8Array.from(bytes).buffer), vectors, shape)

  it('comes back as it was written', () => {
    const { codes, candidates } = chosen
    expect(opened(packed())).toEqual({ codes, candidates })
  })

  const number = (at: number, value: number) => {
    const bytes = packed()
    bytes.writeUInt32LE(value, at)
    return bytes
  }

  it.each([
    ['another kind', number(0, 7), /is of another kind/],
    ['other rows', number(4, COUNT - 1), /holds 1199 rows of 24 numbers, expected 1200 of 24/],
    ['other numbers', number(8, 23), /holds 1200 rows of 23 numbers/],
    ['no candidates', number(12, 0), /allows no candidates/],
    ['another length', packed().subarray(0, -1), /bytes, expected/],
    ['no length', Buffer.alloc(0), /has 0 bytes/],
  ])('is refused where it is of %s', (_what, bytes, message) => {
    expect(() => opened(bytes)).toThrow(
      expect.objectContaining({ code: 'index_invalid', message: expect.stringMatching(message) }),
    )
  })

  it('is refused where it belongs to other vectors', () => {
    const { vectors } = codedDraft({ seed: 7 })
    expect(() => opened(packed(), vectors)).toThrow(/holds another code for row 0/)
  })
})
