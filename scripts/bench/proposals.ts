// npm run bench:proposals [-- --draws N --set NAME]: routes proposed for prompts of hidden intents. Three intents of a public
// set are hidden, the router is fitted on ten exemplars of each other one, and 100 prompts of each hidden one come among 3,000
// of the others, all without labels.
import { groupBy } from '../../src/core/group-by.ts'
import { createRandom, type Random, shuffled } from '../../src/core/statistics/random.ts'
import { findNewKinds, noveltyScale } from '../../src/training/review/clusters/propose-routes.ts'
import { routeCentroids } from '../../src/training/review/route-centroids.ts'
import type { EvalSession } from '../report/eval/session.ts'
import { note, percent } from '../terminal/output.ts'
import { countOption, runBench, setsOption } from './harness.ts'
import {
  fitOn,
  onSets,
  openPublicSet,
  type PublicSet,
  predictOn,
  sentencesOf,
  takeRows,
} from './labelled-sets.ts'
import { mean } from './summary.ts'

const HIDDEN = 3
const EACH = 100
const OTHERS = 3_000
/** Not those that thresholds were chosen on. */
const FIRST_SEED = 20_000
/** A hidden intent is found by a cluster that is mostly of it: so pure, and so much of it. */
const LEAST_PRECISION = 0.8
const LEAST_RECALL = 0.3

interface DrawResult {
  hidden: string[]
  found: number
  /** Share of all members of proposed clusters whose cluster's majority is a hidden intent, and theirs. */
  precision: number
  clusters: string[]
}

interface Drawn {
  hidden: string[]
  shots: number[]
  /** Positions in the train split. */
  stream: number[]
}

const draw = ({ shots, train }: PublicSet, random: Random): Drawn => {
  const labels = [...new Set(shots.labels)].sort()
  const hidden = shuffled(labels, random).slice(0, HIDDEN)
  const known = new Set(shots.texts)
  const numbersOf = (test: (label: string, text: string) => boolean) =>
    train.texts.flatMap((text, i) => (test(train.labels[i] as string, text) ? [i] : []))
  const others = numbersOf((label, text) => !hidden.includes(label) && !known.has(text))
  return {
    hidden,
    shots: shots.labels.flatMap((label, i) => (hidden.includes(label) ? [] : [i])),
    stream: [
      ...hidden.flatMap((name) =>
        shuffled(
          numbersOf((label) => label === name),
          random,
        ).slice(0, EACH),
      ),
      ...shuffled(others, random).slice(0, OTHERS),
    ],
  }
}

const score = (
  clusters: readonly number[][],
  labels: readonly string[],
  hidden: string[],
): DrawResult => {
  const found = new Set<string>()
  let members = 0
  let right = 0
  const described = clusters.map((cluster) => {
    const groups = [...groupBy(cluster, (row) => labels[row] as string)]
    const [label = '', { length: count } = []] =
      groups.sort(([, a], [, b]) => b.length - a.length)[0] ?? []
    const isHidden = hidden.includes(label)
    const all = labels.filter((other) => other === label).length
    members += cluster.length
    if (isHidden) right += count
    if (isHidden && count / cluster.length >= LEAST_PRECISION && count / all >= LEAST_RECALL) {
      found.add(label)
    }
    return `${label} ${count}/${cluster.length}${isHidden ? '' : ' (not hidden)'}`
  })
  const precision = members === 0 ? 0 : right / members
  return { hidden, found: found.size, precision, clusters: described }
}

const runDraw = async (session: EvalSession, set: PublicSet, seed: number): Promise<DrawResult> => {
  const widths = await session.context.encoder()
  const { hidden, shots, stream } = draw(set, createRandom(seed))
  const exemplars = takeRows(set.shots, shots)
  const prompts = takeRows(set.train, stream)
  const predictions = predictOn(session, prompts, await fitOn(session, exemplars))
  const clusters = findNewKinds({
    rows: sentencesOf(prompts, widths),
    novelty: predictions.map(({ novelty }) => novelty),
    isUnrouted: (row) => predictions[row]?.route === null,
    scale: noveltyScale(false),
    routes: routeCentroids(sentencesOf(exemplars, widths), exemplars.labels).centroids,
  })
  return score(clusters, prompts.labels, hidden)
}

const describe = (name: string, results: readonly DrawResult[]): string[] => {
  const founds = results.map(({ found }) => found)
  const precisions = results.map(({ precision }) => precision)
  const enough = founds.filter((found) => found >= 2).length
  const precise = results.filter(({ found, precision }) => found >= 2 && precision >= 0.8).length
  return [
    ...results.map(
      ({ hidden, found, precision, clusters }) =>
        `${name} ${hidden.join(', ')}: found ${found}, precision ${percent(precision)}; ${clusters.join(', ')}`,
    ),
    `${name}: found ${mean(founds).toFixed(2)} of ${HIDDEN} (worst ${Math.min(...founds)}), precision ${percent(mean(precisions))} (worst ${percent(Math.min(...precisions))}); ≥ 2 found in ${enough} of ${founds.length} draws, with precision ≥ 80 % in ${precise}`,
  ]
}

const runDraws = async (session: EvalSession, set: PublicSet, draws: number) => {
  const results: DrawResult[] = []
  for (let i = 0; i < draws; i++) {
    results.push(await runDraw(session, set, FIRST_SEED + i))
    note(`${set.name}: draw ${i + 1} of ${draws}`)
  }
  return results
}

await runBench({
  name: 'bench:proposals',
  description: 'Hide intents of public sets, and count which of them are proposed as routes.',
  options: [
    countOption('--draws <n>', 'draws of hidden intents', 10),
    setsOption('public sets', ['clinc150', 'banking77']),
  ],
  isTimed: false,
  run: async ({ draws, set: names }: { draws: number; set: string[] }) => ({
    sets: await onSets(names, openPublicSet, (set, session) => runDraws(session, set, draws)),
  }),
  describe: ({ sets }) =>
    Object.entries(sets).flatMap(([name, results]) => describe(name, results)),
})
