// X05: thirty reloads, some of them of damaged generations, while searches go on without a pause.
import { truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { generationFolder } from '../../src/vector-index/generation-name.ts'
import { setCurrent } from '../../src/vector-index/generation-store.ts'
import { writeGeneration } from '../../src/vector-index/generation-writer.ts'
import { createLiveIndex } from '../../src/vector-index/live.ts'
import {
  createLog,
  FIT,
  makeDraft,
  rowOf,
  temporaryFolder,
} from '../vector-index/support/fixtures.ts'

it('answers every search rightly over thirty reloads', async () => {
  const dir = await temporaryFolder()
  const drafts = [makeDraft({ count: 500 }), makeDraft({ count: 700, seed: 7 })]
  for (const draft of drafts) await writeGeneration(dir, draft)
  await setCurrent(dir, 1)
  const { logger, lines } = createLog()
  const live = createLiveIndex({ dir, ...FIT, logger, pollMs: 3_600_000 })
  await live.start()

  let isRunning = true
  let searches = 0
  const seen = new Set<number>()
  const load = async (): Promise<void> => {
    while (isRunning) {
      const generation = live.current()
      const number = generation?.number ?? 0
      seen.add(number)
      const row = searches % 500
      const vectors = drafts[number - 1]?.vectors as Float32Array
      const [best] = generation?.index.search(rowOf(vectors, FIT.dimensions, row), 10) ?? []
      expect(best?.position).toBe(row)
      searches += 1
      await setImmediate()
    }
  }
  const running = load()
  try {
    for (let round = 0; round < 30; round++) {
      const number = 1 + ((round + 1) % 2)
      await setCurrent(dir, number)
      expect((await live.reload())?.number).toBe(number)
    }
    const serving = live.current()
    const other = serving?.number === 1 ? 2 : 1
    await setCurrent(dir, other)
    await truncate(join(generationFolder(dir, other), 'vectors.f32'), 100)
    expect(await live.reload()).toBe(serving)
  } finally {
    isRunning = false
    await running
    await live.close()
  }
  expect([...seen].sort()).toEqual([1, 2])
  expect(searches).toBeGreaterThan(100)
  expect(lines.filter((line) => line.level === 'error')).toHaveLength(1)
}, 60_000)
