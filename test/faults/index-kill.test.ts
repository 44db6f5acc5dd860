// X02: kill -9 in the middle of builds, again and again in one folder. What is current always verifies.
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/core/statistics/random.ts'
import { loadGeneration } from '../../src/vector-index/generation-loader.ts'
import { temporaryOwner } from '../../src/vector-index/generation-name.ts'
import {
  currentGeneration,
  listGenerations,
  pruneGenerations,
  setCurrent,
  sweepOrphans,
} from '../../src/vector-index/generation-store.ts'
import { writeGeneration } from '../../src/vector-index/generation-writer.ts'
import { ask, startChild } from '../vector-index/support/child.ts'
import { FIT, makeDraft, temporaryFolder } from '../vector-index/support/fixtures.ts'

interface Progress {
  at: 'begin' | 'written' | 'current'
  generation?: number
}

const ROUNDS = 20

describe('a build that is killed', () => {
  it('leaves the old or the new generation current and whole, twenty times over', async () => {
    const dir = await temporaryFolder()
    const draft = makeDraft({ count: 300 })
    const random = createRandom(4)
    const startedAt = performance.now()
    await writeGeneration(dir, draft)
    const buildMs = performance.now() - startedAt
    await setCurrent(dir, 1)
    let acknowledged = 1
    let orphans = 0
    for (let round = 0; round < ROUNDS; round++) {
      const child = startChild('write')
      const builds = 1 + Math.floor(random() * 3)
      let begun = 0
      const isUnderWay = new Promise<void>((resolve) => {
        child.on('message', ({ at, generation }: Progress) => {
          if (at === 'current') acknowledged = generation ?? acknowledged
          if (at === 'begin' && ++begun === builds) resolve()
        })
      })
      await ask(child, { dir, draft, rounds: 1_000 })
      await isUnderWay
      // The moment is what varies here, over the first three builds; nothing waits for anything to have happened.
      await wait(random() * buildMs)
      child.kill('SIGKILL')
      await once(child, 'close')

      const swept = await sweepOrphans(dir)
      orphans += swept.length
      expect((await readdir(dir)).filter((name) => temporaryOwner(name) !== null)).toEqual([])
      const current = await currentGeneration(dir)
      expect(current).toBeGreaterThanOrEqual(acknowledged)
      for (const number of await listGenerations(dir)) {
        const generation = await loadGeneration(dir, number, FIT)
        expect(generation.searchProblem).toBeUndefined()
        expect(generation.exemplars).toHaveLength(300)
      }
      await pruneGenerations(dir, 1)
    }
    expect(orphans).toBeGreaterThan(0)
    expect(acknowledged).toBeGreaterThan(1)
  }, 120_000)
})
