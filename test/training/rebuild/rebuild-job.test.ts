// The server's rebuild: one process, killed at every stage. Every vector is in the cache, so that no encoder starts.
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { rebuild } from '../../../src/training/rebuild/rebuild.ts'
import { type RebuildJob, runRebuild } from '../../../src/training/rebuild/rebuild-job.ts'
import type { RebuildStage } from '../../../src/training/rebuild/rebuild-report.ts'
import { verifyGeneration } from '../../../src/vector-index/generation-check.ts'
import { currentGeneration, listGenerations } from '../../../src/vector-index/generation-store.ts'
import { createHashingEncoder } from '../../support/hashing-encoder.ts'
import {
  exampleConfig,
  exampleTraining,
  temporaryFolder,
  writeTraining,
} from '../../support/training-folder.ts'

vi.setConfig({ testTimeout: 120_000 })

/** A generation that serves, and training data that has changed since. */
const setUp = async (): Promise<RebuildJob> => {
  const dir = await temporaryFolder()
  const { id, dimensions, searchDimensions } = createHashingEncoder()
  const config = exampleConfig()
  config.training.copies_per_route = 0
  const files = exampleTraining()
  const trainingDir = await writeTraining(join(dir, 'training-data'), files)
  const place = { config, trainingDir, indexDir: join(dir, 'index'), cacheDir: join(dir, 'cache') }
  await rebuild({ ...place, encoder: createHashingEncoder(), store: null })
  await writeTraining(trainingDir, { 'code.jsonl': files['code.jsonl']?.slice(1) ?? [] })
  return {
    ...place,
    databaseFile: null,
    encoder: { id, dimensions, searchDimensions },
    processes: 1,
    niceness: 0,
    // Whatever the gate thinks of so few exemplars.
    promote: 'force',
    reason: 'a test',
    author: 'test',
    trigger: 'api',
  }
}

it('builds and judges in one process, and leaves what served when it is killed at any stage', async () => {
  const job = await setUp()
  const stages: RebuildStage[] = ['fit', 'evaluate', 'graph', 'gate']
  for (const wanted of stages) {
    const abort = new AbortController()
    const options = {
      signal: abort.signal,
      onProgress: ({ stage }: { stage: RebuildStage }) => {
        if (stage === wanted) abort.abort(new Error(`killed at ${wanted}`))
      },
    }
    await expect(runRebuild(job, options)).rejects.toThrow(`killed at ${wanted}`)
    expect(await currentGeneration(job.indexDir)).toBe(1)
    for (const number of await listGenerations(job.indexDir)) {
      await verifyGeneration(job.indexDir, number)
    }
  }
  const told: RebuildStage[] = []
  const report = await runRebuild(job, { onProgress: ({ stage }) => void told.push(stage) })
  expect(report).toMatchObject({ outcome: 'promoted', embedded: 0, exemplars: 20 })
  expect(await currentGeneration(job.indexDir)).toBe(report.generation)
  expect([...new Set(told)]).toEqual(expect.arrayContaining(stages))
})
