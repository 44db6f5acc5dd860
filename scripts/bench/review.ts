// npm run bench:review [-- --set NAME --labels N]: what labels on the decisions that the review queue puts first are worth,
// beside as many at random. The router begins with ten exemplars a route; 2,000 prompts of the train split are the traffic.
import { Command } from 'commander'
import type { Matrix } from '../../src/core/linear/matrix.ts'
import { createRandom, shuffled } from '../../src/core/statistics/random.ts'
import { type Prediction, predictRows } from '../../src/quality/evaluation/evaluate-file.ts'
import type { Router } from '../../src/training/rebuild/predict.ts'
import { rankDecisions } from '../../src/training/review/clusters/rank-decisions.ts'
import { type EvalSession, openSession } from '../report/eval/session.ts'
import { withContext } from '../terminal/context.ts'
import { note, percent } from '../terminal/output.ts'
import {
  type EmbeddedRows,
  fitOn,
  joinEmbedded,
  openSet,
  type PublicSet,
  sentencesOf,
  takeEmbedded,
} from './public-sets.ts'

const TRAFFIC = 2_000
const SEEDS = [1, 2, 3]

const accuracy = (predictions: readonly Prediction[]): number =>
  predictions.filter(({ top, label }) => top === label).length / predictions.length

const byQueue = (predictions: readonly Prediction[], rows: Matrix, labels: number): number[] => {
  const inputs = predictions.map(({ confidence, scores, route }) => ({
    confidence,
    threshold: route === null ? confidence : null,
    scores: Object.entries(scores).map(([name, score]) => ({ route: name, score })),
    times: 1,
    stakeUsd: null,
    implicitBad: 0,
    isOpen: true,
  }))
  return rankDecisions(rows, inputs, labels).map(({ row }) => row)
}

interface Comparison {
  start: number
  random: number
  queue: number
  /** Share of the labels that corrected a wrong decision. */
  wrongRandom: number
  wrongQueue: number
}

const compare = async (
  session: EvalSession,
  { set, start, seed, labels }: { set: PublicSet; start: Router; seed: number; labels: number },
): Promise<Comparison> => {
  const { dimensions, searchDimensions } = await session.context.encoder()
  const widths = { dimensions, searchDimensions }
  const measure = (router: Router) =>
    accuracy(predictRows({ ...set.dev, shape: session.shape, router }))
  const known = new Set(set.shots.rows.map(({ text }) => text))
  const fresh = set.train.rows.flatMap(({ text }, i) => (known.has(text) ? [] : [i]))
  const random = createRandom(seed)
  const traffic = takeEmbedded(set.train, shuffled(fresh, random).slice(0, TRAFFIC))
  const predictions = predictRows({ ...traffic, shape: session.shape, router: start })
  const chosen = byQueue(predictions, sentencesOf(traffic, widths), labels)
  const drawn = shuffled([...traffic.rows.keys()], random).slice(0, labels)
  const after = (picked: number[]): number => {
    const labelled: EmbeddedRows = takeEmbedded(traffic, picked)
    return measure(fitOn(session, widths, joinEmbedded(set.shots, labelled)))
  }
  const wrong = (picked: number[]) => 1 - accuracy(picked.map((i) => predictions[i] as Prediction))
  return {
    start: measure(start),
    random: after(drawn),
    queue: after(chosen),
    wrongRandom: wrong(drawn),
    wrongQueue: wrong(chosen),
  }
}

const mean = (rows: readonly Comparison[], key: keyof Comparison): number =>
  rows.reduce((sum, row) => sum + row[key], 0) / rows.length

const describe = (name: string, rows: readonly Comparison[], labels: number): string => {
  const [start, random, queue] = [mean(rows, 'start'), mean(rows, 'random'), mean(rows, 'queue')]
  const gain = (to: number) => `+${((to - start) * 100).toFixed(2)}`
  return `${name}: dev accuracy ${percent(start)}; ${labels} labels at random ${percent(random)} (${gain(random)}, ${percent(mean(rows, 'wrongRandom'))} of them corrections), by the queue ${percent(queue)} (${gain(queue)}, ${percent(mean(rows, 'wrongQueue'))} corrections); ${rows.length} seeds\n`
}

const run = async ({ set, labels }: { set: string[]; labels: string }): Promise<void> =>
  withContext(async (context) => {
    const session = await openSession(context, {})
    const { dimensions, searchDimensions } = await context.encoder()
    for (const name of set) {
      const opened = await openSet(session, name)
      if (!opened) {
        note(`SKIPPED ${name}: ../shared/data has no ${name}.{10shot,train,dev}.jsonl`)
        continue
      }
      const start = fitOn(session, { dimensions, searchDimensions }, opened.shots)
      const rows: Comparison[] = []
      for (const seed of SEEDS) {
        const input = { set: opened, start, seed, labels: Number(labels) }
        const row = await compare(session, input)
        rows.push(row)
        note(`${name} seed ${seed}: ${JSON.stringify(row)}`)
      }
      process.stdout.write(describe(name, rows, Number(labels)))
    }
  })

await new Command('bench:review')
  .option('--set <names...>', 'public sets', ['clinc150', 'banking77'])
  .option('--labels <n>', 'labels given', '100')
  .action(run)
  .parseAsync()
