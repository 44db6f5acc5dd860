// `npm run bench:words`: what it means to let the word head decide first and ask the encoder only where its confidence is below a limit:
// for each limit, that of the generation among them, how many held-out prompts that decides, how often as the full decision does, and the
// accuracy of both together.
import { createHash } from 'node:crypto'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { Option } from 'commander'
import { dataPaths } from '../../src/config/data-paths.ts'
import { projectRoot } from '../../src/config/project-root.ts'
import { toParts } from '../../src/core/classifier/classifier-codec.ts'
import { classifyByWords } from '../../src/core/classifier/words-alone.ts'
import { decideTurn, routePolicy } from '../../src/core/decide/decide-turn.ts'
import { logSoftmax } from '../../src/core/linear/matrix.ts'
import { silentLogger as logger } from '../../src/core/logger.ts'
import { routingTextOf } from '../../src/core/prompt/prompt.ts'
import { type Classification, NONE_ROUTE } from '../../src/core/types.ts'
import { readLabelledRows } from '../../src/quality/evaluation/evaluate-file.ts'
import { createStopwatch } from '../../src/routing/stopwatch.ts'
import { createRoutingEngine, type RoutingEngine } from '../../src/service/routing-engine.ts'
import { percent } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'
import { benchConfig, runBench } from './harness.ts'

interface Options {
  file: string
  data?: string
}

interface Read {
  /** Label, with the default route for none of them. */
  wanted: string
  full: string
  /** By the words alone; null where they say none of the routes. */
  words: string | null
  confidence: number
}

const LIMITS = [0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97, 0.99]

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

/** How the words and all parts decide one text. */
const createReader = (engine: RoutingEngine, config: ReturnType<typeof benchConfig>) => {
  const generation = engine.generation()
  if (!generation) throw new Error('no index was built')
  const { wordsAlone, routes } = toParts(generation.classifier)
  if (!wordsAlone) throw new Error('the word head agrees too rarely with the full decision')
  const policy = routePolicy(config, generation.classifier)
  const none = routes.indexOf(NONE_ROUTE)
  const decide = (own: Classification | null): string =>
    decideTurn({ requested: { kind: 'auto' }, own, inherited: null, degradedBy: null }, policy)
      .route
  return async ({ text, label }: { text: string; label: string }): Promise<Read> => {
    const asked = routingTextOf(text, { maxChars: config.encoder.max_chars, digest })
    const { classification, wordLogits } = await engine.classify(asked, createStopwatch())
    const log = wordLogits && logSoftmax({ rows: 1, cols: wordLogits.length, data: wordLogits })
    const words = log && classifyByWords({ ...wordsAlone, limit: -1 }, routes, { log, none })
    return {
      wanted: label === NONE_ROUTE ? config.default_route : label,
      full: decide(classification),
      words: words?.scores[0]?.route ?? null,
      confidence: words?.confidence ?? 0,
    }
  }
}

/** Those of the table, and the generation's own where the words go first. */
const limitsOf = (engine: RoutingEngine): number[] => {
  const own = engine.generation()?.classifier.parameters.wordsFirstLimit
  return [...LIMITS, ...(own === undefined ? [] : [own])].sort((a, b) => a - b)
}

const atLimit = (read: readonly Read[], limit: number) => {
  const byWords = read.filter(({ words, confidence }) => words !== null && confidence >= limit)
  const differing = byWords.filter(({ words, full }) => words !== full)
  const lost = differing.filter(({ full, wanted }) => full === wanted).length
  const won = differing.filter(({ words, wanted }) => words === wanted).length
  const right = read.filter(({ full, wanted }) => full === wanted).length
  return {
    limit,
    share: byWords.length / read.length,
    agreement: byWords.length === 0 ? 1 : 1 - differing.length / byWords.length,
    accuracy: (right - lost + won) / read.length,
  }
}

const run = async ({ file, data }: Options, folder: string) => {
  const config = benchConfig()
  if (data) await cp(data, join(folder, 'data'), { recursive: true })
  const env = { SIGNALBOX_DATA: join(folder, 'data') }
  const paths = dataPaths(config, { env, cwd: projectRoot() })
  const engine = createRoutingEngine({ config, paths, logger, store: null })
  try {
    await engine.ready
    const readOne = createReader(engine, config)
    const read: Read[] = []
    for (const row of await readLabelledRows(file)) read.push(await readOne(row))
    const right = read.filter(({ full, wanted }) => full === wanted).length
    const limits = limitsOf(engine).map((limit) => atLimit(read, limit))
    return { prompts: read.length, accuracy: right / read.length, limits }
  } finally {
    await engine.close()
  }
}

await runBench<Options, Awaited<ReturnType<typeof run>>>({
  name: 'bench:words',
  description: 'Compare the decision by words alone with the full one, by confidence.',
  options: [
    new Option('--file <file>', 'labelled prompts').default(
      join(projectRoot(), 'training-data', 'held-out.jsonl'),
    ),
    new Option('--data <folder>', 'a data folder with an index, which is copied'),
  ],
  isTimed: false,
  run,
  describe: ({ prompts, accuracy, limits }) => [
    `${prompts} prompts, accuracy of the full decision ${percent(accuracy)}`,
    ...table([
      ['words from', 'decide', 'as in full', 'accuracy of both'],
      ...limits.map((row) => [
        row.limit.toFixed(3),
        ...[row.share, row.agreement, row.accuracy].map(percent),
      ]),
    ]),
  ],
})
