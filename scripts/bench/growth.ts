// Second table: what 10,000 exemplars (or as many as are asked for) cost a decision beside 100. Both sizes are whole generations (graph, search
// chosen by recall, fitted classifier), asked about the same prompts in turn, with no cache before the encoder.
import { join } from 'node:path'
import type { Config } from '../../src/config/config-schema.ts'
import type { Encoder } from '../../src/encoder/encoder.ts'
import { createClassify } from '../../src/routing/classify.ts'
import type { Store } from '../../src/store/store.ts'
import type { Generation } from '../../src/vector-index/generation.ts'
import { loadGeneration } from '../../src/vector-index/generation-loader.ts'
import { createDecisionProbe, type StageTimes } from './decision-probe.ts'
import { writeFittedGeneration } from './fitted-generation.ts'
import { verdict } from './harness.ts'
import type { PromptMaker } from './prompts.ts'
import { type ExemplarSet, resizeExemplars } from './resized-exemplars.ts'
import { PROMPT_TOKENS, stageLines, summariseStages } from './stages.ts'
import { headLine, type Summary, targetLine } from './summary.ts'

const SMALL = 100
export const USUAL_LARGE = 10_000
const MOST_GROWTH = 1.1
/** Of more exemplars than the usual number: what they may add, and what must be found of the ten nearest. */
const MOST_ADDED_MS = 0.5
const LEAST_RECALL = 0.995
const WARM_UP = 15

interface SizeReport {
  exemplars: number
  search: string
  efSearch: number
  recallAt10: number
  stages: Record<string, Summary>
}

export interface GrowthReport {
  tokens: number
  /** By number of exemplars. */
  sizes: SizeReport[]
  /** p50 of the whole decision at the larger size ÷ at the smaller. */
  ratio: number
  /** The same as a difference. */
  addedMs: number
}

export interface GrowthBench {
  config: Config
  /** Without a cache. */
  encoder: Encoder
  store: Store
  prompts: PromptMaker
  /** The real training data with its vectors. */
  real: ExemplarSet
  /** The larger number of exemplars. */
  large: number
  /** Where the generations are built. */
  folder: string
  runs: number
}

const buildGeneration = async (bench: GrowthBench, size: number): Promise<Generation> => {
  const { id: encoderId, dimensions, searchDimensions } = bench.encoder
  const { exemplars, vectors } = resizeExemplars(bench.real, size)
  const dir = join(bench.folder, `index-${size}`)
  const input = { exemplars, vectors, dimensions, searchDimensions, encoderId }
  const number = await writeFittedGeneration(dir, input, bench.config.index)
  return loadGeneration(dir, number, { encoderId, dimensions })
}

const SHOWN = ['search', 'score and decide', 'whole decision'] as const

export const benchGrowth = async (bench: GrowthBench): Promise<GrowthReport[]> => {
  const { config, encoder, store, runs } = bench
  const sides = []
  for (const size of [SMALL, bench.large]) {
    const generation = await buildGeneration(bench, size)
    const { neighbours } = config.index
    const classify = createClassify({ encoder, generation: () => generation, neighbours })
    sides.push({ size, generation, probe: createDecisionProbe({ config, classify, store }) })
  }
  const reports: GrowthReport[] = []
  for (const tokens of PROMPT_TOKENS) {
    const times: StageTimes[][] = sides.map(() => [])
    for (const [turn, prompt] of bench.prompts.make(tokens, WARM_UP + runs).entries()) {
      // Each side goes first in every second turn, so that neither is always the one that finds caches warm.
      for (const at of turn % 2 === 0 ? [0, 1] : [1, 0]) {
        const time = await (sides[at] as (typeof sides)[number]).probe.measure(prompt)
        if (turn >= WARM_UP) times[at]?.push(time)
      }
    }
    const sizes = sides.map(({ size, generation }, at) => ({
      exemplars: size,
      search: generation.index.kind,
      efSearch: generation.manifest.hnsw.efSearch,
      recallAt10: generation.manifest.recallAt10,
      stages: summariseStages(times[at] ?? [], SHOWN),
    }))
    const [small = 0, large = 0] = sizes.map(({ stages }) => stages['whole decision']?.p50)
    reports.push({ tokens, sizes, ratio: large / small, addedMs: large - small })
  }
  return reports
}

const targetLines = ({ sizes, ratio, addedMs }: GrowthReport): string[] => {
  const { exemplars = 0, recallAt10 = 0 } = sizes.at(-1) ?? {}
  const count = exemplars.toLocaleString('en')
  if (exemplars <= USUAL_LARGE) return [targetLine(`${count} ÷ ${SMALL}, p50`, ratio, MOST_GROWTH)]
  return [
    targetLine(`${count} − ${SMALL}, p50, ms`, addedMs, MOST_ADDED_MS),
    `  recall@10 ${recallAt10.toFixed(4)}, at least ${LEAST_RECALL}: ${verdict(recallAt10 >= LEAST_RECALL)}`,
  ]
}

export const describeGrowth = (report: GrowthReport): string[] => [
  ...report.sizes.flatMap(({ exemplars, search, stages }) => [
    headLine(`${report.tokens} tok, ${exemplars}, ${search}`),
    ...stageLines(stages),
  ]),
  ...targetLines(report),
  '',
]
