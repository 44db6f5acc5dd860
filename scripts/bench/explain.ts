// `npm run bench:explain`: a thousand decisions of all kinds across three generations, a rollback and a change of settings,
// made with the real encoder, then explained offline: how many come out the same, bit for bit but for 1e-9.
import { join } from 'node:path'
import { principalOf } from '../../src/access/principal-of.ts'
import type { Config } from '../../src/config/config-schema.ts'
import { defaultConfig } from '../../src/config/default-config.ts'
import { projectRoot } from '../../src/config/project-root.ts'
import type { StoredKey } from '../../src/core/decide/gateway-key.ts'
import { groupBy } from '../../src/core/group-by.ts'
import type { StoredDecision } from '../../src/core/records/stored-decision.ts'
import { createRandom } from '../../src/core/statistics/random.ts'
import type { Pipeline } from '../../src/pipeline.ts'
import { explainMany } from '../../src/receipts/explain-decision.ts'
import type { Receipt } from '../../src/receipts/receipt.ts'
import type { Store, StoreText } from '../../src/store/store.ts'
import { note } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'
import { openStore } from './bench-pipeline.ts'
import { type BenchRouter, createBenchRouter, sampleTraining } from './bench-router.ts'
import { type Prompts, planRequests, readPrompts } from './explain-requests.ts'
import { benchConfig, countOption, runBench } from './harness.ts'

interface Options {
  decisions: number
}

const LEARNED = { policy: 'learned', target: { quality: 0.95 } }

/** With a small model that has no tools, every third route's model chosen by outcomes, and quick builds. */
const explainConfig = (changes: Record<string, unknown> = {}): Config => {
  const { models, routes } = defaultConfig({})
  const priced = (usd: number) => ({ input_usd_per_million: usd, output_usd_per_million: 4 * usd })
  const chosen = Object.entries(routes).map(([route, settings], i) => [
    route,
    i % 3 === 0 ? { ...settings, models: ['small', 'large'], select: LEARNED } : settings,
  ])
  return benchConfig({
    models: {
      small: { ...models.small, ...priced(1), capabilities: [] },
      large: { ...models.large, ...priced(10) },
    },
    routes: Object.fromEntries(chosen),
    resilience: { fallbacks: { general: ['large'] } },
    training: { copies_per_route: 10, gate: { enabled: false } },
    ...changes,
  })
}

/** Every second route asks for more than what was fitted. */
const strictRoutes = ({ routes }: Config): object =>
  Object.fromEntries(
    Object.entries(routes).map(([route, settings], i) => [
      route,
      i % 2 === 0 ? { ...settings, threshold: 0.8 } : settings,
    ]),
  )

const KEY: StoredKey = {
  ...{ id: 'limited', name: 'of two routes', owner: null, roles: ['inference'], models: null },
  ...{ routes: ['code', 'knowledge'], limits: {}, createdAtMs: 1, createdBy: 'cli' },
  ...{ expiresAtMs: null, revokedAtMs: null, salt: '00', hash: '00' },
}

/** What is asked of one store, a part of it after each thing that changes. */
interface Round {
  storeText: StoreText
  count: number
  store: Store
  ids: string[]
}

const askPart = async (
  round: Round,
  { pipeline, prompts, config }: { pipeline: Pipeline; prompts: Prompts; config: Config },
): Promise<void> => {
  const requests = planRequests(prompts, {
    count: Math.ceil(round.count / SEGMENTS),
    from: round.ids.length,
    routes: Object.keys(config.routes),
    limited: principalOf(KEY, config),
  })
  for (const { model, messages, sessionId, body, principal } of requests) {
    const { decision } = await pipeline.chat({
      requestId: 'bench',
      ...{ model, messages, sessionId },
      ...(principal && { principal }),
      signal: new AbortController().signal,
      body: { model, messages, ...body },
    })
    round.ids.push(decision.id)
  }
}

const SEGMENTS = 5
const PER_ROUTE = 40

/** Generation 1, 2 and 3, the third under other settings, and the first again. */
const livePast = async (router: BenchRouter, rounds: Round[], folder: string): Promise<void> => {
  const first = explainConfig()
  const second = explainConfig({ routes: strictRoutes(first) })
  const prompts = await readPrompts(projectRoot(), createRandom(1))
  const build = async (seed: number) => {
    const dir = join(folder, `training-${seed}`)
    const trainingDir = await sampleTraining(dir, { perRoute: PER_ROUTE, seed })
    note(`generation ${await router.build(first, trainingDir)}`)
  }
  const ask = async (config: Config) => {
    for (const round of rounds) {
      const pipeline = await router.pipeline(config, round.store)
      await askPart(round, { pipeline, prompts, config })
      await round.store.flush()
    }
  }
  for (const round of rounds) await round.store.createKey(KEY)
  for (const seed of [1, 2, 3]) {
    await build(seed)
    await ask(first)
  }
  await ask(second)
  await router.serve(1)
  await ask(second)
}

const isLearned = ({ selection }: StoredDecision): boolean =>
  selection?.learned !== undefined && selection.learned.price !== null

const kindOf = ({ reason, inherited, skipped }: StoredDecision): string => {
  if (inherited) return `${reason}, continues an earlier turn (${inherited.source})`
  return skipped.length > 0 ? `${reason}, by what its model can do` : reason
}

const summarise = (receipts: readonly Receipt[]) => {
  const reproducedOf = (some: readonly Receipt[]): number =>
    some.filter(({ verdict }) => verdict === 'reproduced').length
  const kinds = [...groupBy(receipts, ({ decision }) => kindOf(decision))].map(
    ([kind, some]) => [kind, { decisions: some.length, reproduced: reproducedOf(some) }] as const,
  )
  const generations = new Set(receipts.map(({ decision }) => decision.indexGeneration))
  return {
    decisions: receipts.length,
    reproduced: reproducedOf(receipts),
    by_outcomes: receipts.filter(({ decision }) => isLearned(decision)).length,
    generations: [...generations].filter((number) => number !== null).sort(),
    configurations: new Set(receipts.map(({ decision }) => decision.configVersion)).size,
    kinds: Object.fromEntries(kinds.sort()),
    failed: receipts
      .filter(({ verdict }) => verdict !== 'reproduced')
      .slice(0, 5)
      .map(({ decision, verdict, reasons, differences }) => ({
        ...{ id: decision.id, kind: kindOf(decision), verdict, reasons },
        differences: differences.slice(0, 5),
      })),
  }
}

const explainRound = async ({ ids, store, storeText }: Round, indexDir: string) => {
  const startedAt = performance.now()
  const receipts = (await explainMany(ids, { store, indexDir })).filter((one) => one !== null)
  const seconds = (performance.now() - startedAt) / 1_000
  return { storeText, ...summarise(receipts), seconds: Number(seconds.toFixed(1)) }
}

type RoundReport = Awaited<ReturnType<typeof explainRound>>

const count = (n: number): string => n.toLocaleString('en')

const describeRound = (report: RoundReport): string[] => [
  `store_text: ${report.storeText}; generations ${report.generations.join(', ')}; ` +
    `${report.configurations} configurations; explained in ${report.seconds} s`,
  `reproduced ${count(report.reproduced)} of ${count(report.decisions)}, the model included; ` +
    `${count(report.by_outcomes)} models chosen by outcomes`,
  ...table([
    ['', 'decisions', 'reproduced'],
    ...Object.entries(report.kinds).map(([kind, { decisions, reproduced }]) => [
      kind,
      count(decisions),
      count(reproduced),
    ]),
  ]),
  ...report.failed.map((failed) => JSON.stringify(failed)),
  '',
]

const run = async ({ decisions }: Options, folder: string) => {
  const router = await createBenchRouter(folder, explainConfig())
  const open = async (storeText: StoreText, share: number): Promise<Round> => ({
    storeText,
    count: Math.ceil(decisions * share),
    store: await openStore(join(folder, `${storeText}.db`), storeText),
    ids: [],
  })
  const rounds = [await open('full', 1), await open('off', 0.2)]
  try {
    await livePast(router, rounds, folder)
    // Offline: the encoder is gone before anything is explained.
    await router.close()
    const reports: RoundReport[] = []
    for (const round of rounds) reports.push(await explainRound(round, join(folder, 'index')))
    return { rounds: reports }
  } finally {
    await router.close()
    for (const { store } of rounds) await store.close()
  }
}

await runBench({
  name: 'bench:explain',
  description: 'Make decisions of every kind, explain all of them offline, and count what holds.',
  options: [
    countOption('--decisions <n>', 'with their texts stored; a fifth as many without', 1_000),
  ],
  isTimed: false,
  run,
  describe: ({ rounds }) => ['', ...rounds.flatMap(describeRound)],
  isMet: ({ rounds }) =>
    rounds.every((round) => round.reproduced === round.decisions && round.by_outcomes > 0),
})
