// `npm run bench`: what a decision costs, stage by stage, beside the stock way of embedding, and how it grows with the
// number of exemplars. Uses the default configuration and training data in a temporary folder; needs no server.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import type { Config } from '../../src/config/config-schema.ts'
import { type DataPaths, dataPaths } from '../../src/config/data-paths.ts'
import { defaultConfig } from '../../src/config/default-config.ts'
import { checkConfig } from '../../src/config/load-config.ts'
import { projectRoot } from '../../src/encoder/model-files.ts'
import { createSupervisedEncoder } from '../../src/encoder/supervised.ts'
import { createRoutingEngine } from '../../src/service/routing-engine.ts'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { note, printResult } from '../terminal/output.ts'
import { createDecisionProbe } from './decision-probe.ts'
import { benchGrowth, describeGrowth } from './growth.ts'
import { machineLines, observeMachine } from './machine.ts'
import { createPromptMaker, type PromptMaker } from './prompts.ts'
import { benchStages, describeStages } from './stages.ts'
import { startStockWay } from './stock-way.ts'
import type { ExemplarSet } from './synthetic.ts'

interface BenchOptions {
  quick?: boolean
  /** False under --no-growth. */
  growth: boolean
  threads?: number
  json?: boolean
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
const logger = createLogger({ level: 'silent' })

/** The defaults, but with a deadline that a busy machine cannot miss: a degraded decision would look fast. */
const benchConfig = ({ threads }: BenchOptions): Config =>
  checkConfig(
    {
      ...defaultConfig({}),
      encoder: { deadline_ms: 30_000, ...(threads === undefined ? {} : { threads }) },
    },
    'The configuration of the benchmark',
  )

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

const runGrowth = async (bench: Bench, real: ExemplarSet) => {
  note('building generations of 100 and 10,000 exemplars')
  const encoder = await createSupervisedEncoder({ config: bench.config.encoder, logger })
  try {
    return await benchGrowth({ ...bench, encoder, real })
  } finally {
    await encoder.close()
  }
}

const runAll = async (bench: Bench, options: BenchOptions) => {
  const machine = observeMachine()
  const { stages, generation } = await runStages(bench)
  const { exemplars, vectors, index } = generation
  const { searchDimensions } = index
  const real = { exemplars, vectors, searchDimensions }
  const growth = options.growth ? await runGrowth(bench, real) : []
  return {
    machine: machine(),
    runs: bench.runs,
    encoder: { id: generation.manifest.encoderId, threads: bench.config.encoder.threads },
    index: { exemplars: exemplars.length, search: index.kind },
    stages,
    growth,
  }
}

const describe = (result: Awaited<ReturnType<typeof runAll>>): string[] => [
  ...machineLines(result.machine),
  `${result.encoder.id}, ${result.encoder.threads} threads; ${result.index.exemplars} exemplars, ` +
    `${result.index.search} search; ${result.runs} decisions a row`,
  '',
  ...result.stages.flatMap(describeStages),
  ...result.growth.flatMap(describeGrowth),
]

const main = async (options: BenchOptions): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-bench-'))
  try {
    const config = benchConfig(options)
    const env = { SIGNALBOX_DATA: join(folder, 'data') }
    const paths = dataPaths(config, { env, cwd: projectRoot() })
    const store = await createSqliteStore({
      file: paths.database,
      storeText: config.storage.store_text,
      flushIntervalMs: config.storage.flush_interval_ms,
      queueLimit: config.storage.queue_limit,
      logger,
    })
    try {
      const prompts = await createPromptMaker(config.encoder)
      const runs = options.quick ? QUICK_RUNS : RUNS
      const result = await runAll({ config, paths, folder, store, prompts, runs }, options)
      printResult(options, result, () => describe(result))
    } finally {
      await store.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

await new Command('bench')
  .description('Measure decisions stage by stage, beside the stock way of embedding.')
  .option('--quick', 'fewer runs')
  .option('--no-growth', 'leave out the generations of 100 and 10,000 exemplars')
  .option('--threads <n>', 'threads of either encoder (default: encoder.threads)', Number)
  .option('--json', 'print the result as JSON on stdout')
  .action(main)
  .parseAsync()
