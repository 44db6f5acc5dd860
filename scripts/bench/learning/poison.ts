// npm run bench:poison [-- --set banking77]: what an adversary's votes and exemplars cost, and what the gate says of a build from
// shuffled labels and of one that is a little better. Half of the set's unseen prompts are the gate's, half are measured on.

import type { Config } from '../../../src/config/config-schema.ts'
import type { BatchDecision } from '../../../src/core/classifier/batch-decisions.ts'
import { groupBy } from '../../../src/core/group-by.ts'
import { createRandom, shuffled } from '../../../src/core/statistics/random.ts'
import type { Exemplar } from '../../../src/core/types.ts'
import { exemplarId } from '../../../src/training/exemplars/exemplar-line.ts'
import type { GateSet } from '../../../src/training/gate/decide-held-out.ts'
import type { EvalSession } from '../../report/eval/session.ts'
import { runBench, setsOption } from '../harness.ts'
import { joinVectors, onSets, type Rows, takeRows } from '../labelled-sets.ts'
import { finePercent, pointsText } from '../summary.ts'
import { configFor, type LabelledSet, loadSet } from './learning-set.ts'
import { asHeldOut, judgeFeedback, toExemplars } from './simulate.ts'
import { accuracyOn, decideRows, failedChecks, type Trained, trainGeneration } from './trained.ts'
import { voteOf } from './voters.ts'

const VOTES = 10_000
const DUPLICATES = 1_000
const BETTER = 30

interface Bench {
  set: LabelledSet
  config: Config
  session: EvalSession
  base: Trained
  measured: Rows
  gateSet: GateSet
}

/** The base generation's exemplars and some more. */
const grow = (
  { base, set, config }: Bench,
  more: { exemplars: Exemplar[]; vectors: Float32Array },
): Trained => {
  const vectors = joinVectors([base.vectors, more.vectors])
  const exemplars = [...base.exemplars, ...more.exemplars]
  return trainGeneration({ number: base.number + 1, exemplars, vectors, set, config })
}

const report = (bench: Bench, what: string, candidate: Trained): string[] => {
  const before = accuracyOn(bench.base, bench.measured, bench.config).best
  const after = accuracyOn(candidate, bench.measured, bench.config).best
  const failed = failedChecks({ serving: bench.base, candidate }, [bench.gateSet], bench.config)
  const served = failed.length > 0 ? before : after
  return [
    `${what}: ${finePercent(before)} -> ${finePercent(after)} if promoted; ${failed.length > 0 ? 'refused' : 'passed'} by the gate, so it costs ${pointsText(before - served)}`,
    ...failed.map(({ name, summary }) => `    ${name}: ${summary}`),
  ]
}

/** One key, one vote on each of 10,000 decisions; prompts come again where there are fewer. */
const flood = (
  bench: Bench,
  what: string,
  nameRoute: (decision: BatchDecision, i: number) => string,
): string[] => {
  const { set, config, base } = bench
  const decisions = decideRows(base, set.traffic, config)
  const feedback = Array.from({ length: VOTES }, (_, n) => {
    const i = n % decisions.length
    const decision = decisions[i] as BatchDecision
    const vote = { verdict: 'bad', correctRoute: nameRoute(decision, i) } as const
    return voteOf(set.traffic, i, {
      ...{ decision, defaultRoute: config.default_route, encoderId: 'simulated' },
      ...{ id: n, principal: 'adversary', vote },
    })
  })
  const judged = judgeFeedback(feedback, base, { set, config })
  const { accepted, queued, rejected } = judged
  const reasons = groupBy(queued, ({ reason }) =>
    reason
      .replace(/[:(].*$/s, '')
      .replace(/\d+/g, 'N')
      .trim(),
  )
  const vectors = joinVectors(accepted.map(({ vector }) => vector))
  const exemplars = accepted.map(({ exemplar }) => exemplar)
  return [
    `${what}: ${VOTES} votes of one key -> ${accepted.length} exemplars, ${queued.length} candidates queued, ${rejected.length} votes rejected`,
    ...[...reasons]
      .sort(([, a], [, b]) => b.length - a.length)
      .slice(0, 4)
      .map(([kind, { length }]) => `    queued ${length}: ${kind}`),
    ...report(bench, what, grow(bench, { exemplars, vectors })),
  ]
}

/** A thousand variants of one prompt, as exemplars of a route that is not theirs. */
const duplicates = async (bench: Bench): Promise<string[]> => {
  const { set, session } = bench
  const text = set.traffic.texts[0] as string
  const truth = set.traffic.labels[0] as string
  const route = set.routes.find((name) => name !== truth) as string
  const texts = Array.from({ length: DUPLICATES }, (_, n) => `${text} (${n + 1})`)
  const vectors = await session.embed(texts, 'near-duplicates')
  const exemplars = texts.map(
    (line): Exemplar => ({
      ...{ id: exemplarId({ route, text: line }), text: line, route, source: 'import' },
    }),
  )
  return report(
    bench,
    `${DUPLICATES} near-duplicates of a ${truth} prompt as ${route}`,
    grow(bench, { exemplars, vectors }),
  )
}

const shuffledLabels = ({ base, set, config }: Bench): Trained => {
  const routes = shuffled(
    base.exemplars.map(({ route }) => route),
    createRandom(7),
  )
  const exemplars = base.exemplars.map((exemplar, i) => ({
    ...exemplar,
    route: routes[i] as string,
  }))
  return trainGeneration({ number: 2, exemplars, vectors: base.vectors, set, config })
}

const attack = async (set: LabelledSet, session: EvalSession): Promise<string[]> => {
  const { routes, start, dev, traffic } = set
  const config = configFor(routes, 1)
  const order = shuffled([...dev.texts.keys()], createRandom(3))
  const half = Math.floor(order.length / 2)
  const exemplars = toExemplars(start)
  const base = trainGeneration({ number: 1, exemplars, vectors: start.vectors, set, config })
  const bench: Bench = {
    ...{ set, config, session, base },
    measured: takeRows(dev, order.slice(half)),
    gateSet: { kind: 'file', set: asHeldOut(takeRows(dev, order.slice(0, half))) },
  }
  const target = routes[0] as string
  const random = createRandom(5)
  const anyRoute = () => routes[Math.floor(random() * routes.length)] as string
  const runnerUp = ({ classification }: BatchDecision) => classification.scores[1]?.route ?? target
  const more = takeRows(traffic, [...Array(BETTER).keys()])
  const better = grow(bench, { exemplars: toExemplars(more), vectors: more.vectors })
  return [
    `# ${set.name}: ${exemplars.length} exemplars, ten a route`,
    ...flood(bench, `everything is ${target}`, () => target),
    ...flood(bench, 'random routes', anyRoute),
    ...flood(bench, 'always the runner-up', runnerUp),
    ...(await duplicates(bench)),
    ...report(bench, 'shuffled labels', shuffledLabels(bench)),
    ...report(bench, `${BETTER} right exemplars more`, better),
  ]
}

await runBench({
  name: 'bench:poison',
  description: 'Poison votes and exemplars, and say what it costs and what the gate says of it.',
  options: [setsOption('banking77, clinc150, own', ['banking77', 'own'])],
  isTimed: false,
  run: async ({ set: names }: { set: string[] }) => ({
    sets: await onSets(names, loadSet({ shots: 10, seed: 1 }), attack),
  }),
  describe: ({ sets }) => Object.values(sets).flat(),
})
