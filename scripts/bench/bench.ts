// `npm run bench`: what a decision costs, stage by stage, beside the stock way of embedding, and how it grows with the
// number of exemplars. Uses the default configuration and training data in a temporary folder; needs no server.
import { join } from 'node:path'
import { Option } from 'commander'
import type { Config } from '../../src/config/config-schema.ts'
import { type DataPaths, dataPaths } from '../../src/config/data-paths.ts'
import { projectRoot } from '../../src/config/project-root.ts'
import { silentLogger as logger } from '../../src/core/logger.ts'
import { createSupervisedEncoder } from '../../src/encoder/supervised.ts'
import { createRoutingEngine } from '../../src/service/routing-engine.ts'
import type { Store } from '../../src/store/store.ts'
import { note } from '../terminal/output.ts'
import { openStore } from './bench-pipeline.ts'
import { createDecisionProbe } from './decision-probe.ts'
import { benchGrowth, describeGrowth, USUAL_LARGE } from './growth.ts'
import { benchConfig, countOption, runBench } from './harness.ts'
import { describeChanges, keep, ratiosOf, readKept } from './kept-ratios.ts'
import { createPromptMaker, type PromptMaker } from './prompts.ts'
import type { ExemplarSet } from './resized-exemplars.ts'
import { benchStages, describeStages } from './stages.ts'
import { startStockWay } from './stock-way.ts'

interface BenchOptions {
  quick?: boolean
  /** False under --no-growth. */
  growth: boolean
  exemplars: number
  threads?: number
  keep?: boolean
}

interface Bench {
  config: Config
  paths: DataPaths
  folder: string
  store: Store
  prompts: PromptMaker
  runs: number
}

const RUNS = 300
const QUICK_RUNS = 60

/** Through the server's own engine: its cache, its encoder process, an index of the real training data. */
const runStages = async (bench: Bench) => {
  const { config, paths, folder, store } = bench
  note('building the index of the training data')
  const engine = createRoutingEngine({ config, paths, logger, store: null })
  const { threads } = config.encoder
  try {
    await engine.ready
    const generation = engine.generation()
    if (!generation) throw new Error('no index was built')
    const stockWay = await startStockWay({ folder, threads })
    try {
      note(`measuring ${bench.runs} decisions of each length`)
      const probe = createDecisionProbe({ config, classify: engine.classify, store })
      return { stages: await benchStages({ ...bench, probe, stockWay }), generation }
    } finally {
      stockWay.close()
    }
  } finally {
    await engine.close()
  }
}

const runGrowth = async (bench: Bench, large: number, real: ExemplarSet) => {
  note(`building generations of 100 and ${large} exemplars`)
  const encoder = await createSupervisedEncoder({ config: bench.config.encoder, logger })
  try {
    return await benchGrowth({ ...bench, encoder, large, real })
  } finally {
    await encoder.close()
  }
}

const runAll = async (bench: Bench, options: BenchOptions) => {
  const { stages, generation } = await runStages(bench)
  const { exemplars, vectors, index } = generation
  const real = { exemplars, vectors, searchDimensions: index.searchDimensions }
  const growth = options.growth ? await runGrowth(bench, options.exemplars, real) : []
  // Kept are the ratios of the usual number.
  const usual = options.exemplars === USUAL_LARGE ? growth : []
  const [ratios, kept] = [ratiosOf(stages, usual), readKept()]
  if (options.keep) keep(ratios)
  return {
    runs: bench.runs,
    encoder: { id: generation.manifest.encoderId, threads: bench.config.encoder.threads },
    index: { exemplars: exemplars.length, search: index.kind },
    stages,
    growth,
    ratios,
    kept,
  }
}

const describe = (result: Awaited<ReturnType<typeof runAll>>): string[] => [
  `${result.encoder.id}, ${result.encoder.threads} threads; ${result.index.exemplars} exemplars, ` +
    `${result.index.search} search; ${result.runs} decisions a row`,
  '',
  ...result.stages.flatMap(describeStages),
  ...result.growth.flatMap(describeGrowth),
  ...describeChanges(result.kept, result.ratios),
]

const run = async (options: BenchOptions, folder: string) => {
  const { threads } = options
  const config = benchConfig({
    encoder: { deadline_ms: 30_000, ...(threads === undefined ? {} : { threads }) },
  })
  const env = { SIGNALBOX_DATA: join(folder, 'data') }
  const paths = dataPaths(config, { env, cwd: projectRoot() })
  const { store_text, flush_interval_ms } = config.storage
  const store = await openStore(paths.database, store_text, flush_interval_ms)
  try {
    const prompts = await createPromptMaker(config.encoder)
    const runs = options.quick ? QUICK_RUNS : RUNS
    return await runAll({ config, paths, folder, store, prompts, runs }, options)
  } finally {
    await store.close()
  }
}

await runBench({
  name: 'bench',
  description: 'Measure decisions stage by stage, beside the stock way of embedding.',
  options: [
    new Option('--quick', 'fewer runs'),
    new Option('--no-growth', 'leave out the generations of 100 and 10,000 exemplars'),
    countOption('--exemplars <n>', 'exemplars of the larger of those generations', USUAL_LARGE),
    countOption('--threads <n>', 'threads of either encoder (default: encoder.threads)'),
    new Option('--keep', 'write the ratios to scripts/bench/kept-ratios.json, for later runs'),
  ],
  run,
  describe,
})
