// npm run bench:poison [-- --set banking77]: what an adversary's votes and exemplars cost, and what the gate says of a build from
// shuffled labels and of one that is a little better. Half of the set's unseen prompts are the gate's, half are measured on.
import { Command } from 'commander'
import type { Config } from '../../../src/config/config-schema.ts'
import type { BatchDecision } from '../../../src/core/classifier/score-batch.ts'
import { createRandom, shuffled } from '../../../src/core/statistics/random.ts'
import type { Exemplar } from '../../../src/core/types.ts'
import { exemplarId } from '../../../src/training/exemplars/exemplar-line.ts'
import type { GateSet } from '../../../src/training/gate/decide-held-out.ts'
import { type EvalSession, openSession } from '../../report/eval/session.ts'
import { type ScriptContext, withContext } from '../../terminal/context.ts'
import { gateChecks } from './gate-checks.ts'
import type { LabelledSet, Rows } from './labelled-set.ts'
import { configFor, loadSet } from './load-set.ts'
import { judgeFeedback, toExemplars } from './simulate.ts'
import { accuracyOn, decideRows, type Trained, trainGeneration } from './trained.ts'
import { voteOf } from './voters.ts'

const VOTES = 10_000
const DUPLICATES = 1_000
const BETTER = 30

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`

interface Bench {
  set: LabelledSet
  config: Config
  session: EvalSession
  base: Trained
  measured: Rows
  gateSet: GateSet
}

const rowsAt = (rows: Rows, chosen: readonly number[], dimensions: number): Rows => {
  const vectors = new Float32Array(chosen.length * dimensions)
  chosen.forEach((row, i) => {
    vectors.set(rows.vectors.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions)
  })
  const pick = (values: string[]) => chosen.map((row) => values[row] as string)
  return { texts: pick(rows.texts), labels: pick(rows.labels), vectors }
}

const toGateSet = ({ labels, texts, vectors }: Rows): GateSet => ({
  kind: 'file',
  set: { labels, texts, vectors, hasSignal: labels.map(() => true) },
})

/** The base generation's exemplars and some more. */
const grow = (
  { base, set, config }: Bench,
  more: { exemplars: Exemplar[]; vectors: Float32Array },
): Trained => {
  const vectors = new Float32Array(base.vectors.length + more.vectors.length)
  vectors.set(base.vectors)
  vectors.set(more.vectors, base.vectors.length)
  const exemplars = [...base.exemplars, ...more.exemplars]
  return trainGeneration({ number: base.number + 1, exemplars, vectors, set, config })
}

const report = (bench: Bench, what: string, candidate: Trained): void => {
  const before = accuracyOn(bench.base, bench.measured, bench.config).best
  const after = accuracyOn(candidate, bench.measured, bench.config).best
  const failed = gateChecks(bench.base, candidate, bench.gateSet, bench.config).filter(
    ({ verdict }) => verdict === 'failed',
  )
  const served = failed.length > 0 ? before : after
  console.log(
    `${what}: ${percent(before)} -> ${percent(after)} if promoted; ${failed.length > 0 ? 'refused' : 'passed'} by the gate, so it costs ${(100 * (before - served)).toFixed(2)} points`,
  )
  for (const { name, summary } of failed) console.log(`    ${name}: ${summary}`)
}

/** One key, one vote on each of 10,000 decisions; prompts come again where there are fewer. */
const flood = (
  bench: Bench,
  what: string,
  nameRoute: (decision: BatchDecision, i: number) => string,
): void => {
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
  const reasons = new Map<string, number>()
  for (const { reason } of queued) {
    const kind = reason
      .replace(/[:(].*$/s, '')
      .replace(/\d+/g, 'N')
      .trim()
    reasons.set(kind, (reasons.get(kind) ?? 0) + 1)
  }
  console.log(
    `${what}: ${VOTES} votes of one key -> ${accepted.length} exemplars, ${queued.length} candidates queued, ${rejected.length} votes rejected`,
  )
  for (const [kind, count] of [...reasons].sort((a, b) => b[1] - a[1]).slice(0, 4)) {
    console.log(`    queued ${count}: ${kind}`)
  }
  const vectors = new Float32Array(accepted.length * set.dimensions)
  accepted.forEach(({ vector }, i) => {
    vectors.set(vector, i * set.dimensions)
  })
  report(bench, what, grow(bench, { exemplars: accepted.map(({ exemplar }) => exemplar), vectors }))
}

/** A thousand variants of one prompt, as exemplars of a route that is not theirs. */
const duplicates = async (bench: Bench): Promise<void> => {
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
  report(
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

const run = async (context: ScriptContext, { set: names }: { set: string[] }): Promise<void> => {
  const session = await openSession(context, { json: true })
  for (const name of names) {
    const set = await loadSet(name, context, { session, shots: 10, seed: 1 })
    if (!set) continue
    const config = configFor(set.routes, 1)
    const order = shuffled([...set.dev.texts.keys()], createRandom(3))
    const half = Math.floor(order.length / 2)
    const vectors = set.start.vectors
    const base = trainGeneration({
      number: 1,
      exemplars: toExemplars(set.start),
      vectors,
      set,
      config,
    })
    const bench: Bench = {
      ...{ set, config, session, base },
      measured: rowsAt(set.dev, order.slice(half), set.dimensions),
      gateSet: toGateSet(rowsAt(set.dev, order.slice(0, half), set.dimensions)),
    }
    console.log(`# ${name}: ${base.exemplars.length} exemplars, ten a route`)
    const target = set.routes[0] as string
    flood(bench, `everything is ${target}`, () => target)
    const random = createRandom(5)
    flood(
      bench,
      'random routes',
      () => set.routes[Math.floor(random() * set.routes.length)] as string,
    )
    flood(
      bench,
      'always the runner-up',
      ({ classification }) => classification.scores[1]?.route ?? target,
    )
    await duplicates(bench)
    report(bench, 'shuffled labels', shuffledLabels(bench))
    const more = rowsAt(set.traffic, [...Array(BETTER).keys()], set.dimensions)
    report(
      bench,
      `${BETTER} right exemplars more`,
      grow(bench, { exemplars: toExemplars(more), vectors: more.vectors }),
    )
  }
}

const program = new Command('bench:poison')
  .option('--set <name...>', 'banking77, clinc150, own', ['banking77', 'own'])
  .parse()

await withContext((context) => run(context, program.opts<{ set: string[] }>()))
