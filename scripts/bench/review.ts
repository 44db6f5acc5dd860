// npm run bench:review [-- --set NAME --labels N]: what labels on the decisions that the review queue puts first are worth,
// beside as many at random. The router begins with ten exemplars a route; 2,000 prompts of the train split are the traffic.
import type { Matrix } from '../../src/core/linear/matrix.ts'
import { createRandom, shuffled } from '../../src/core/statistics/random.ts'
import type { Prediction } from '../../src/quality/evaluation/evaluate-file.ts'
import type { Router } from '../../src/training/rebuild/predict.ts'
import { rankDecisions } from '../../src/training/review/clusters/rank-decisions.ts'
import type { EvalSession } from '../report/eval/session.ts'
import { note, percent } from '../terminal/output.ts'
import { countOption, runBench, setsOption } from './harness.ts'
import {
  fitOn,
  joinRows,
  onSets,
  openPublicSet,
  type PublicSet,
  predictOn,
  sentencesOf,
  takeRows,
} from './labelled-sets.ts'
import { mean } from './summary.ts'

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
  const widths = await session.context.encoder()
  const measure = (router: Router) => accuracy(predictOn(session, set.dev, router))
  const known = new Set(set.shots.texts)
  const fresh = set.train.texts.flatMap((text, i) => (known.has(text) ? [] : [i]))
  const random = createRandom(seed)
  const traffic = takeRows(set.train, shuffled(fresh, random).slice(0, TRAFFIC))
  const predictions = predictOn(session, traffic, start)
  const chosen = byQueue(predictions, sentencesOf(traffic, widths), labels)
  const drawn = shuffled([...traffic.texts.keys()], random).slice(0, labels)
  const after = async (picked: number[]): Promise<number> =>
    measure(await fitOn(session, joinRows(set.shots, takeRows(traffic, picked))))
  const wrong = (picked: number[]) => 1 - accuracy(picked.map((i) => predictions[i] as Prediction))
  return {
    start: measure(start),
    random: await after(drawn),
    queue: await after(chosen),
    wrongRandom: wrong(drawn),
    wrongQueue: wrong(chosen),
  }
}

const describe = (name: string, rows: readonly Comparison[], labels: number): string => {
  const meanOf = (key: keyof Comparison) => mean(rows.map((row) => row[key]))
  const start = meanOf('start')
  const gained = (to: keyof Comparison, wrong: keyof Comparison) =>
    `${percent(meanOf(to))} (+${((meanOf(to) - start) * 100).toFixed(2)}, ${percent(meanOf(wrong))} of them corrections)`
  return `${name}: dev accuracy ${percent(start)}; ${labels} labels at random ${gained('random', 'wrongRandom')}, by the queue ${gained('queue', 'wrongQueue')}; ${rows.length} seeds`
}

const compareSeeds = async (session: EvalSession, set: PublicSet, labels: number) => {
  const start = await fitOn(session, set.shots)
  const rows: Comparison[] = []
  for (const seed of SEEDS) {
    rows.push(await compare(session, { set, start, seed, labels }))
    note(`${set.name} seed ${seed}: ${JSON.stringify(rows.at(-1))}`)
  }
  return rows
}

await runBench({
  name: 'bench:review',
  description: 'Label what the review queue puts first, and as many decisions at random.',
  options: [
    setsOption('public sets', ['clinc150', 'banking77']),
    countOption('--labels <n>', 'labels given', 100),
  ],
  isTimed: false,
  run: async ({ set: names, labels }: { set: string[]; labels: number }) => ({
    sets: await onSets(names, openPublicSet, (set, session) => compareSeeds(session, set, labels)),
  }),
  describe: ({ sets }, { labels }) =>
    Object.entries(sets).map(([name, rows]) => describe(name, rows, labels)),
})
