// The serving generation: follows the pointer, survives damage, never serves nothing while it has something.
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { generationFolder } from '../../src/vector-index/generation-name.ts'
import { setCurrent } from '../../src/vector-index/generation-store.ts'
import { writeGeneration } from '../../src/vector-index/generation-writer.ts'
import { appendHistory } from '../../src/vector-index/history.ts'
import { createLiveIndex } from '../../src/vector-index/live.ts'
import { createLog, FIT, makeDraft, temporaryFolder } from './support/fixtures.ts'

const write = async (dir: string, times: number): Promise<void> => {
  for (let i = 0; i < times; i++) await writeGeneration(dir, makeDraft({ count: 12 }))
}

const damage = (dir: string, number: number, file: string): Promise<void> =>
  truncate(join(generationFolder(dir, number), file), 5)

const live = (dir: string, pollMs = 3_600_000) => {
  const log = createLog()
  const index = createLiveIndex({ dir, ...FIT, logger: log.logger, pollMs })
  onTestFinished(() => index.close())
  return { index, lines: log.lines, errors: () => log.lines.filter((l) => l.level === 'error') }
}

describe('the live index', () => {
  it('is empty, without an error, before the first build', async () => {
    const { index, lines } = live(join(await temporaryFolder(), 'not', 'there'))
    await index.start()
    expect(index.current()).toBeNull()
    expect(index.status()).toEqual({ generation: null, search: null, error: null })
    expect(lines).toEqual([])
  })

  it('serves the current generation, not the newest', async () => {
    const dir = await temporaryFolder()
    await write(dir, 2)
    await setCurrent(dir, 1)
    const { index } = live(dir)
    await index.start()
    expect(index.status()).toEqual({ generation: 1, search: 'hnsw', error: null })
  })

  it('sweeps the orphans of a crash at start', async () => {
    const dir = await temporaryFolder()
    await mkdir(join(dir, 'tmp-4194305-1-build-1'))
    const { index, lines } = live(dir)
    await index.start()
    expect(lines).toMatchObject([{ level: 'warn', fields: { orphans: ['tmp-4194305-1-build-1'] } }])
  })

  it('swaps by itself when the pointer moves, forward and back', async () => {
    const dir = await temporaryFolder()
    await write(dir, 2)
    const { index } = live(dir, 5)
    await index.start()
    for (const number of [1, 2, 1]) {
      await setCurrent(dir, number)
      await vi.waitFor(() => expect(index.current()?.number).toBe(number))
    }
  })

  it('falls back at start to the newest older generation that verifies', async () => {
    const dir = await temporaryFolder()
    await write(dir, 4)
    await setCurrent(dir, 3)
    await damage(dir, 3, 'vectors.f32')
    await damage(dir, 2, 'manifest.json')
    const { index, errors } = live(dir)
    await index.start()
    expect(index.current()?.number).toBe(1)
    expect(index.status().error).toMatch(/g000003: vectors\.f32 .* has 5 bytes/)
    expect(errors()).toHaveLength(1)
  })

  it('does not fall back to what the gate refused, unless it was promoted since', async () => {
    const dir = await temporaryFolder()
    await write(dir, 4)
    await setCurrent(dir, 4)
    await damage(dir, 4, 'vectors.f32')
    const event = { atMs: 1, from: 1, author: 'ana', reason: 'Because.', forced: false }
    for (const generation of [2, 3]) {
      await appendHistory(dir, { ...event, action: 'refused', generation })
    }
    await appendHistory(dir, { ...event, action: 'promoted', generation: 2, forced: true })
    const { index } = live(dir)
    await index.start()
    expect(index.current()?.number).toBe(2)
  })

  it('serves nothing, and says why, where no generation fits the encoder', async () => {
    const dir = await temporaryFolder()
    await write(dir, 2)
    await setCurrent(dir, 2)
    const log = createLog()
    const index = createLiveIndex({
      dir,
      encoderId: 'other',
      dimensions: FIT.dimensions,
      logger: log.logger,
      pollMs: 3_600_000,
    })
    onTestFinished(() => index.close())
    await index.start()
    expect(index.current()).toBeNull()
    expect(index.status().error).toMatch(/encoder test-encoder, not other/)
  })

  it('falls back where the pointer itself is damaged', async () => {
    const dir = await temporaryFolder()
    await write(dir, 2)
    await writeFile(join(dir, 'current'), 'g00')
    const { index } = live(dir)
    await index.start()
    expect(index.current()?.number).toBe(2)
    expect(index.status().error).toMatch(/pointer file/)
  })

  it('keeps the old one serving when a reload fails, tells once, and recovers', async () => {
    const dir = await temporaryFolder()
    await write(dir, 3)
    await setCurrent(dir, 1)
    const { index, errors } = live(dir)
    await index.start()
    await setCurrent(dir, 2)
    await damage(dir, 2, 'classifier.f32')
    for (let i = 0; i < 3; i++) expect((await index.reload())?.number).toBe(1)
    expect(index.status()).toMatchObject({ generation: 1, search: 'hnsw' })
    expect(index.status().error).toMatch(/g000002: classifier\.f32/)
    expect(errors()).toHaveLength(1)
    await setCurrent(dir, 3)
    await index.reload()
    expect(index.status()).toEqual({ generation: 3, search: 'hnsw', error: null })
  })

  it('forgets the failure when the pointer returns to what serves', async () => {
    const dir = await temporaryFolder()
    await write(dir, 2)
    await setCurrent(dir, 1)
    const { index } = live(dir)
    await index.start()
    await setCurrent(dir, 2)
    await damage(dir, 2, 'exemplars.jsonl')
    await index.reload()
    await setCurrent(dir, 1)
    await index.reload()
    expect(index.status()).toEqual({ generation: 1, search: 'hnsw', error: null })
  })

  it('serves by exact search where only the graph is damaged, and reports it', async () => {
    const dir = await temporaryFolder()
    await write(dir, 1)
    await setCurrent(dir, 1)
    await damage(dir, 1, 'hnsw.bin')
    const { index, errors } = live(dir)
    await index.start()
    expect(index.status()).toMatchObject({ generation: 1, search: 'exact' })
    expect(index.status().error).toMatch(/hnsw\.bin/)
    expect(errors()).toHaveLength(1)
  })

  it('goes on serving when the whole folder disappears', async () => {
    const dir = await temporaryFolder()
    await write(dir, 1)
    await setCurrent(dir, 1)
    const { index } = live(dir)
    await index.start()
    await rm(dir, { recursive: true })
    expect((await index.reload())?.number).toBe(1)
  })
})
