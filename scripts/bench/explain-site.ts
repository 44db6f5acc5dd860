// A router of the bench of receipts: the real encoder, generations built from a part of the training data, two stores.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Config } from '../../src/config/config-schema.ts'
import { projectRoot } from '../../src/config/project-root.ts'
import { silentLogger as logger } from '../../src/core/logger.ts'
import { createRandom, shuffled } from '../../src/core/statistics/random.ts'
import { type CachedEncoder, createCachedEncoder } from '../../src/encoder/cached.ts'
import { createSupervisedEncoder } from '../../src/encoder/supervised.ts'
import type { Pipeline } from '../../src/pipeline.ts'
import { type Classify, createClassify } from '../../src/routing/classify.ts'
import type { Store } from '../../src/store/store.ts'
import { rebuild } from '../../src/training/rebuild/rebuild.ts'
import type { Generation } from '../../src/vector-index/generation.ts'
import { loadGeneration } from '../../src/vector-index/generation-loader.ts'
import { createBenchPipeline, sha256 } from './bench-pipeline.ts'
import { madeOutcomes } from './made-outcomes.ts'

/** Another sample of each route's exemplars for each seed. */
export const sampleTraining = async (
  dir: string,
  { perRoute, seed }: { perRoute: number; seed: number },
): Promise<string> => {
  const source = join(projectRoot(), 'training-data')
  await mkdir(dir, { recursive: true })
  for (const name of await readdir(source)) {
    if (!name.endsWith('.jsonl') || name === 'held-out.jsonl') continue
    const lines = (await readFile(join(source, name), 'utf8')).split('\n').filter(Boolean)
    const kept = shuffled(lines, createRandom(seed)).slice(0, perRoute)
    await writeFile(join(dir, name), `${kept.join('\n')}\n`)
  }
  return dir
}

export interface BenchSite {
  /** Builds the next generation from a folder of training data, and serves by it. */
  build(config: Config, trainingDir: string): Promise<number>
  serve(generation: number): Promise<void>
  /** The one that serves; null before the first build. */
  generation(): Generation | null
  pipeline(config: Config, store: Store): Promise<Pipeline>
  close(): Promise<void>
}

const startEncoder = async (config: Config): Promise<CachedEncoder> => {
  const supervised = await createSupervisedEncoder({ config: config.encoder, logger })
  return createCachedEncoder({ encoder: supervised, size: 10_000 })
}

/** One whose models answer nothing, at once; its configuration is kept, so that receipts find it. */
const openPipeline = async (
  config: Config,
  store: Store,
  classify: Classify,
): Promise<Pipeline> => {
  const text = stringify(config)
  const hash = sha256(text).slice(0, 12)
  await store.saveConfigVersion({ hash, text, author: 'bench', createdAtMs: Date.now() })
  return createBenchPipeline({ config, configVersion: hash, classify, store })
}

/** @param folder where generations and vectors are kept */
export const createBenchSite = async (folder: string, base: Config): Promise<BenchSite> => {
  const encoder = await startEncoder(base)
  const { id: encoderId, dimensions } = encoder
  const indexDir = join(folder, 'index')
  const cacheDir = join(folder, 'cache')
  let serving: Generation | null = null
  const generation = () => serving
  const serve = async (number: number): Promise<void> => {
    serving = await loadGeneration(indexDir, number, { encoderId, dimensions })
  }
  return {
    serve,
    generation,
    build: async (config, trainingDir) => {
      const outcomes = await madeOutcomes(trainingDir, encoder)
      const options = { config, indexDir, trainingDir, cacheDir, encoder, store: null, outcomes }
      const { generation: number } = await rebuild(options)
      await serve(number)
      return number
    },
    pipeline: (config, store) => {
      const { neighbours } = config.index
      return openPipeline(config, store, createClassify({ encoder, generation, neighbours }))
    },
    close: () => encoder.close(),
  }
}
