// `npm run bench:replay`: stored decisions decided anew in a process of its own, the longest gap of the loop that waits for
// it, and what the same decisions take one by one. Real texts; the vectors are mixtures of real rows where an index is given
// (--index), else made up: what a replay costs does not depend on what they say.
import { join } from 'node:path'
import { Option } from 'commander'
import { v7 as uuidV7 } from 'uuid'
import type { Config } from '../../src/config/config-schema.ts'
import { projectRoot } from '../../src/config/project-root.ts'
import { createClassifier } from '../../src/core/classifier/score.ts'
import { normaliseRow } from '../../src/core/linear/vectors.ts'
import { createRandom } from '../../src/core/statistics/random.ts'
import type { Decision } from '../../src/core/types.ts'
import type { Store } from '../../src/store/store.ts'
import { loadExemplars } from '../../src/training/exemplars/exemplars.ts'
import { runReplay } from '../../src/training/replay/replay-job.ts'
import { createExactIndex } from '../../src/vector-index/exact.ts'
import type { Generation } from '../../src/vector-index/generation.ts'
import { currentGeneration } from '../../src/vector-index/generation-store.ts'
import { openGeneration } from '../../src/vector-index/open-generation.ts'
import { withGapMeter } from '../rig/loop-watch.ts'
import { cpuMs } from '../rig/process-cpu.ts'
import { seededDecision } from '../rig/seed-decisions.ts'
import { DIMENSIONS, SEARCH_DIMENSIONS, syntheticRow } from '../rig/synthetic-training.ts'
import { note } from '../terminal/output.ts'
import { openStore } from './bench-pipeline.ts'
import { writeFittedGeneration } from './fitted-generation.ts'
import { benchConfig, countOption, runBench, verdict } from './harness.ts'
import { joinVectors } from './labelled-sets.ts'

const SHAPE = { dimensions: DIMENSIONS, searchDimensions: SEARCH_DIMENSIONS }
const MIXED = 0.35
const ONE_BY_ONE = 400
const VOTED_EVERY = 20
const MOST_SECONDS = 5
const MOST_GAP_MS = 50

interface Options {
  decisions: number
  index?: string
}

/** All the project's exemplars with rows around one direction a route. */
const makeGeneration = async (dir: string, config: Config): Promise<number> => {
  const trainingData = join(projectRoot(), 'training-data')
  const exemplars = await loadExemplars(trainingData, Object.keys(config.routes))
  const random = createRandom(5)
  const centres = new Map(Object.keys(config.routes).map((route) => [route, syntheticRow(random)]))
  const vectors = joinVectors(
    exemplars.map(({ route }) => syntheticRow(random, centres.get(route))),
  )
  const input = { exemplars, vectors, ...SHAPE, encoderId: 'made/384+768' }
  return writeFittedGeneration(dir, input, { ...config.index, ef_construction: 100, min_recall: 0 })
}

/** A prompt near an exemplar: its text, and its row mixed with another's. */
const mixedRow = ({ vectors, manifest }: Generation, a: number, b: number): Float32Array => {
  const { dimensions, searchDimensions } = manifest
  const row = vectors.slice(a * dimensions, (a + 1) * dimensions)
  for (let i = 0; i < dimensions; i++) {
    row[i] = (1 - MIXED) * (row[i] as number) + MIXED * (vectors[b * dimensions + i] as number)
  }
  normaliseRow(row, 0, searchDimensions)
  return row
}

const decisionOf = (generation: Generation, n: number): Decision => {
  const { exemplars, manifest, number } = generation
  const [a, b] = [n % exemplars.length, (n * 7_919) % exemplars.length]
  const { text = '', route = '' } = exemplars[a] ?? {}
  const named = {
    routes: [route],
    models: ['small'],
    keys: ['bench'],
    texts: [text],
    exemplars: [],
  }
  return {
    ...seededDecision({ atMs: Date.now(), n }, named, createRandom(n)),
    ...{ reason: 'matched', embedding: mixedRow(generation, a, b) },
    ...{ indexGeneration: number, encoderId: manifest.encoderId, configVersion: 'bench' },
  }
}

const storeDecisions = async (store: Store, generation: Generation, count: number) => {
  const decisions: Decision[] = []
  for (let n = 0; n < count; n++) {
    const decision = decisionOf(generation, n)
    if (decisions.length < ONE_BY_ONE) decisions.push(decision)
    store.recordDecision(decision, 'dry_run')
    if (n % 512 === 511) await store.flush()
    if (n % VOTED_EVERY > 0) continue
    await store.addFeedback({
      ...{ id: uuidV7(), decisionId: decision.id, principal: 'bench', verdict: 'good' },
      ...{ correctRoute: null, score: null, comment: null, source: 'explicit' },
      ...{ implicitKind: null, createdAtMs: Date.now() },
    })
  }
  await store.flush()
  return decisions
}

/** Milliseconds for one decision, by exact search as the batch has it. */
const timeOneByOne = (
  generation: Generation,
  decisions: readonly Decision[],
  k: number,
): number => {
  const { manifest, vectors, exemplars, classifier } = generation
  const { dimensions, searchDimensions } = manifest
  const index = createExactIndex({ vectors, dimensions, searchDimensions })
  const { classify } = createClassifier(classifier)
  const startedAt = performance.now()
  for (const { embedding, routingText } of decisions) {
    if (!embedding) continue
    const hits = index.search(embedding, k)
    classify({
      text: routingText.text,
      embedding,
      neighbours: hits.map(({ position, similarity }) => {
        const { id: exemplarId = '', route = '' } = exemplars[position] ?? {}
        return { exemplarId, route, similarity }
      }),
      neighbourRows: hits.map(({ position }) =>
        vectors.subarray(position * dimensions, (position + 1) * dimensions),
      ),
    })
  }
  return (performance.now() - startedAt) / decisions.length
}

const measure = async (options: Options, dir: string) => {
  const config = benchConfig()
  const indexDir = options.index ?? join(dir, 'index')
  if (options.index === undefined) note('building an index of made-up rows')
  const number = options.index
    ? await currentGeneration(indexDir)
    : await makeGeneration(indexDir, config)
  if (number === null) throw new Error(`${indexDir} has no current generation.`)
  const generation = await openGeneration(indexDir, number)
  const databaseFile = join(dir, 'signalbox.db')
  const store = await openStore(databaseFile, 'full')
  note(`storing ${options.decisions} decisions`)
  const sample = await storeDecisions(store, generation, options.decisions)
  note('replaying')
  const job = { indexDir, generation: number, config, databaseFile, sinceMs: null }
  const cpuBefore = cpuMs('self', 'children')
  const startedAt = performance.now()
  const { result, gap } = await withGapMeter(() => runReplay({ ...job, limit: options.decisions }))
  const seconds = (performance.now() - startedAt) / 1_000
  const cpuAfter = cpuMs('self', 'children')
  await store.close()
  note(`deciding ${sample.length} of them one by one`)
  const oneByOneMs = timeOneByOne(generation, sample, config.index.neighbours)
  const { replayed, changed, voted } = result
  return {
    decisions: options.decisions,
    exemplars: generation.exemplars.length,
    seconds,
    // Without the start of the process and the loading of the index.
    replaySeconds: result.durationMs / 1_000,
    // Of the process, over both cores; null where the system does not tell.
    cpuSeconds: cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / 1_000,
    gapWallMs: gap.wallMs,
    gapOwnMs: gap.ownMs,
    oneByOneMs,
    // One by one ÷ replay, for the same decisions.
    ratio: (oneByOneMs * replayed) / (1_000 * seconds),
    report: { replayed, changed, voted },
  }
}

const describe = (measured: Awaited<ReturnType<typeof measure>>): string[] => {
  const { seconds, replaySeconds, cpuSeconds, gapWallMs, gapOwnMs, oneByOneMs, ratio, report } =
    measured
  const own = gapOwnMs === null ? 'unknown' : `${gapOwnMs.toFixed(1)} ms`
  return [
    `${report.replayed} decisions against ${measured.exemplars} exemplars: ${seconds.toFixed(2)} s, of these ${replaySeconds.toFixed(2)} s replaying; ${cpuSeconds?.toFixed(2) ?? '?'} s of CPU on two threads (target ${MOST_SECONDS} s for 10,000, ${verdict(seconds <= MOST_SECONDS)})`,
    `longest gap of the waiting loop ${gapWallMs.toFixed(1)} ms, without waiting for a core ${own} (target ${MOST_GAP_MS} ms, ${verdict((gapOwnMs ?? gapWallMs) <= MOST_GAP_MS)})`,
    `one by one ${oneByOneMs.toFixed(2)} ms each: ${ratio.toFixed(1)} times as long`,
  ]
}

await runBench({
  name: 'bench:replay',
  description: 'Measure a replay of stored decisions, and the loop that waits for it.',
  options: [
    countOption('--decisions <count>', 'stored decisions', 10_000),
    new Option('--index <folder>', 'replay with the current generation of this index'),
  ],
  run: measure,
  describe,
})
