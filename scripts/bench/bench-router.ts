// A router of the bench of receipts: the real encoder, generations built from a part of the training data, two stores.
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Config } from '../../src/config/config-schema.ts'
import { defaultConfig } from '../../src/config/default-config.ts'
import { projectRoot } from '../../src/config/project-root.ts'
import { groupBy } from '../../src/core/group-by.ts'
import { silentLogger as logger } from '../../src/core/logger.ts'
import { createRandom, shuffled } from '../../src/core/statistics/random.ts'
import { createCachedEncoder } from '../../src/encoder/cached.ts'
import { createSupervisedEncoder } from '../../src/encoder/supervised.ts'
import type { Pipeline } from '../../src/pipeline.ts'
import { createClassify } from '../../src/routing/classify.ts'
import type { Store } from '../../src/store/store.ts'
import { loadExemplars } from '../../src/training/exemplars/exemplars.ts'
import { rebuild } from '../../src/training/rebuild/rebuild.ts'
import type { Generation } from '../../src/vector-index/generation.ts'
import { loadGeneration } from '../../src/vector-index/generation-loader.ts'
import { writeExemplars } from '../rig/training-files.ts'
import { createBenchPipeline, sha256 } from './bench-pipeline.ts'
import { syntheticOutcomes } from './synthetic-outcomes.ts'

/** Another sample of each route's exemplars for each seed. */
export const sampleTraining = async (
  dir: string,
  { perRoute, seed }: { perRoute: number; seed: number },
): Promise<string> => {
  const routes = Object.keys(defaultConfig({}).routes)
  const exemplars = await loadExemplars(join(projectRoot(), 'training-data'), routes)
  const texts = [...groupBy(exemplars, ({ route }) => route)].map(([route, some]) => [
    route,
    shuffled(some, createRandom(seed))
      .slice(0, perRoute)
      .map(({ text }) => text),
  ])
  return writeExemplars(dir, Object.fromEntries(texts))
}

export interface BenchRouter {
  /** Builds the next generation from a folder of training data, and serves by it. */
  build(config: Config, trainingDir: string): Promise<number>
  serve(generation: number): Promise<void>
  /** The one that serves; null before the first build. */
  generation(): Generation | null
  /** Its models answer nothing, at once; the configuration is kept, so that receipts find it. */
  pipeline(config: Config, store: Store): Promise<Pipeline>
  close(): Promise<void>
}

/** @param folder where generations and vectors are kept */
export const createBenchRouter = async (folder: string, base: Config): Promise<BenchRouter> => {
  const supervised = await createSupervisedEncoder({ config: base.encoder, logger })
  const encoder = createCachedEncoder({ encoder: supervised, size: 10_000 })
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
      const outcomes = await syntheticOutcomes(trainingDir, encoder)
      const options = { config, indexDir, trainingDir, cacheDir, encoder, store: null, outcomes }
      const { generation: number } = await rebuild(options)
      await serve(number)
      return number
    },
    pipeline: async (config, store) => {
      const { neighbours } = config.index
      const classify = createClassify({ encoder, generation, neighbours })
      const text = stringify(config)
      const hash = sha256(text).slice(0, 12)
      await store.saveConfigVersion({ hash, text, author: 'bench', createdAtMs: Date.now() })
      return createBenchPipeline({ config, configVersion: hash, classify, store })
    },
    close: () => encoder.close(),
  }
}
