// Traffic, votes, rebuilds and the gate, in the order of a deployment's life: the same functions as a rebuild calls, in memory.

import type { Config } from '../../../src/config/config-schema.ts'
import type { FeedbackWithDecision } from '../../../src/core/records/feedback.ts'
import { createRandom, type Random } from '../../../src/core/statistics/random.ts'
import type { Exemplar } from '../../../src/core/types.ts'
import { toProposals } from '../../../src/training/candidates/candidate-proposals.ts'
import type { CandidateReport } from '../../../src/training/candidates/candidate-report.ts'
import { judgeCandidates } from '../../../src/training/candidates/candidates.ts'
import { quarantine } from '../../../src/training/candidates/quarantine.ts'
import { exemplarId } from '../../../src/training/exemplars/exemplar-line.ts'
import type { HeldOutSet } from '../../../src/training/exemplars/held-out-set.ts'
import type { GateSet } from '../../../src/training/gate/decide-held-out.ts'
import { joinVectors, type Rows, takeRows } from '../labelled-sets.ts'
import type { LabelledSet } from './learning-set.ts'
import {
  type Accuracy,
  accuracyOn,
  decideRows,
  failedChecks,
  type Trained,
  trainGeneration,
} from './trained.ts'
import { type Habit, votesOn } from './voters.ts'

export interface SimulateOptions {
  set: LabelledSet
  config: Config
  habit: Habit
  /** Requests between rebuilds. */
  every: number
  voteShare: number
  wrongShare: number
  seed: number
  onPoint?: (point: CurvePoint) => void
}

export interface CurvePoint extends Accuracy {
  /** On the set's guard; null without one. */
  guard: Accuracy | null
  requests: number
  generation: number
  exemplars: number
  /** Why the build at this point was not promoted; null where it was. */
  refused: string | null
}

export interface SimulateResult {
  points: CurvePoint[]
  votes: number
  /** Votes that named a wrong route, and those of them that became exemplars. */
  wrongVotes: number
  wrongAccepted: number
  queued: number
  refused: number
}

const ENCODER = 'simulated'

export const toExemplars = ({ texts, labels }: Rows): Exemplar[] =>
  texts.map((text, i) => {
    const route = labels[i] as string
    return { id: exemplarId({ route, text }), text, route, source: 'seed' }
  })

/** What a rebuild would make of the votes. */
export const judgeFeedback = (
  feedback: FeedbackWithDecision[],
  curated: { exemplars: Exemplar[]; vectors: Float32Array },
  { set, config }: Pick<SimulateOptions, 'set' | 'config'>,
): CandidateReport => {
  const { dimensions, searchDimensions, routes } = set
  const settings = config.training.feedback
  const shape = { dimensions, searchDimensions }
  const { proposals } = toProposals({
    ...shape,
    feedback,
    encoderId: ENCODER,
    routes,
    weights: settings.weights,
    heldOutShare: settings.held_out_share,
  })
  // Every simulated vote has its decision's vector.
  const vectors = joinVectors(proposals.map(({ vector }) => vector ?? new Float32Array(dimensions)))
  return judgeCandidates({
    ...shape,
    proposals,
    vectors,
    curated: curated.exemplars,
    curatedVectors: curated.vectors,
    heldOut: null,
    rulings: [],
    maxSharePerKey: settings.max_share_per_key,
  })
}

/** Rows as held-out prompts. */
export const asHeldOut = ({ labels, texts, vectors }: Rows): HeldOutSet => ({
  ...{ labels, texts, vectors },
  hasSignal: labels.map(() => true),
})

const votedHeldOut = ({ heldOut }: CandidateReport): HeldOutSet =>
  asHeldOut({
    labels: heldOut.map(({ route }) => route),
    texts: heldOut.map(({ text }) => text ?? ''),
    vectors: joinVectors(heldOut.map(({ vector }) => vector)),
  })

/** The set's first exemplars without those that the votes have proven harmful. */
const healthyOf = (
  { set, config }: SimulateOptions,
  exemplars: readonly Exemplar[],
  feedback: FeedbackWithDecision[],
) => {
  const settings = config.training.feedback
  const sick = new Set(
    quarantine({ exemplars, feedback, rulings: [], settings }).map(({ exemplarId: id }) => id),
  )
  const kept = exemplars.flatMap((exemplar, i) => (sick.has(exemplar.id) ? [] : [i]))
  return {
    exemplars: kept.map((i) => exemplars[i] as Exemplar),
    vectors: takeRows(set.start, kept).vectors,
  }
}

/** A rebuild out of all votes so far, and what the gate has against it. */
const rebuildWith = (
  options: SimulateOptions,
  { number, serving, feedback }: Pick<Deployment, 'serving' | 'feedback'> & { number: number },
) => {
  const { set, config } = options
  const healthy = healthyOf(options, toExemplars(set.start), feedback)
  const judged = judgeFeedback(feedback, healthy, options)
  const candidate = trainGeneration({
    number,
    exemplars: [...healthy.exemplars, ...judged.accepted.map(({ exemplar }) => exemplar)],
    vectors: joinVectors([healthy.vectors, ...judged.accepted.map(({ vector }) => vector)]),
    set,
    config,
  })
  const held: GateSet[] = [
    { kind: 'votes', set: votedHeldOut(judged) },
    ...(set.guard ? [{ kind: 'file', set: asHeldOut(set.guard) } as const] : []),
  ]
  const failed = failedChecks({ serving, candidate }, held, config)
  return { judged, candidate, failed }
}

type Measured = Accuracy & Pick<CurvePoint, 'guard'>

const measure = (
  trained: Trained,
  { set, config }: Pick<SimulateOptions, 'set' | 'config'>,
): Measured => ({
  ...accuracyOn(trained, set.dev, config),
  guard: set.guard ? accuracyOn(trained, set.guard, config) : null,
})

/** What the simulated deployment is like at one moment. */
interface Deployment {
  serving: Trained
  measured: Measured
  feedback: FeedbackWithDecision[]
  wrongIds: Set<string>
  last: CandidateReport | null
}

/** The requests from `from` on until the next rebuild: decided, voted on, built into. @returns why it was refused */
const passPart = (
  options: SimulateOptions,
  deployment: Deployment,
  { from, number, random }: { from: number; number: number; random: Random },
): string | null => {
  const { set, config, habit, wrongShare, voteShare: share } = options
  const { serving, feedback, wrongIds } = deployment
  const numbers = [...set.traffic.texts.keys()].slice(from, from + options.every)
  const rows = takeRows(set.traffic, numbers)
  const votes = votesOn(rows, decideRows(serving, rows, config), {
    ...{ habit, share, wrongShare, routes: set.routes, encoderId: ENCODER },
    ...{ defaultRoute: config.default_route, random, offset: from },
  })
  feedback.push(...votes.feedback)
  for (const id of votes.wrongIds) wrongIds.add(id)
  const { judged, candidate, failed } = rebuildWith(options, { number, serving, feedback })
  deployment.last = judged
  if (failed.length > 0) return failed.map(({ summary }) => summary).join(' ')
  deployment.serving = candidate
  deployment.measured = measure(candidate, options)
  return null
}

const startDeployment = ({ set, config }: SimulateOptions): Deployment => {
  const first = { exemplars: toExemplars(set.start), vectors: set.start.vectors }
  const serving = trainGeneration({ number: 1, ...first, set, config })
  const measured = measure(serving, { set, config })
  return { serving, measured, feedback: [], wrongIds: new Set(), last: null }
}

/** Streams the set's traffic once. Deterministic under `seed`. */
export const simulate = (options: SimulateOptions): SimulateResult => {
  const random = createRandom(options.seed)
  const deployment = startDeployment(options)
  const points: CurvePoint[] = []
  const tell = (requests: number, refused: string | null): void => {
    const { number: generation, exemplars } = deployment.serving
    const { measured } = deployment
    const point = { ...measured, exemplars: exemplars.length, requests, generation, refused }
    points.push(point)
    options.onPoint?.(point)
  }
  tell(0, null)
  const total = options.set.traffic.texts.length
  for (let from = 0, number = 2; from < total; from += options.every, number++) {
    const refused = passPart(options, deployment, { from, number, random })
    tell(Math.min(total, from + options.every), refused)
  }
  const { feedback, wrongIds, last } = deployment
  const accepted = new Set(last?.accepted.flatMap(({ decisionIds }) => decisionIds))
  return {
    points,
    votes: feedback.length,
    wrongVotes: wrongIds.size,
    wrongAccepted: [...wrongIds].filter((id) => accepted.has(id)).length,
    queued: last?.queued.length ?? 0,
    refused: points.filter(({ refused }) => refused !== null).length,
  }
}
