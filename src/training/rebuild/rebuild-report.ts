// The report of a rebuild: for its caller, and as the file beside the generation.

import type { Manifest } from '../../vector-index/manifest.ts'
import type { RejectedVote } from '../candidates/candidate-proposals.ts'
import { type AcceptedCandidate, TEXT_NOT_STORED } from '../candidates/candidate-report.ts'
import { writeReport } from '../generations/generation-report.ts'
import type {
  RebuildFacts,
  ReportedCandidate,
  ReportedQuarantine,
  Trigger,
} from '../reports/build-report.ts'
import type { GateReport } from '../reports/gate-report.ts'
import type { RoutingReport } from '../reports/routing-report.ts'
import type { BuildStage } from './build-generation.ts'
import type { Verdict } from './judge-build.ts'
import type { TrainingData } from './prepare-training-set.ts'

export type RebuildStage = 'embed' | BuildStage | 'gate'
export type RebuildProgress = { stage: RebuildStage; done: number; total: number }

/** An accepted prompt; `text` is `(text not stored)` where texts are not stored. */
export type PromotedFeedback = Omit<ReportedCandidate, 'text' | 'reason'> & {
  text: string
  reason: string
}

export interface RebuildReport extends RebuildFacts {
  fromFeedback: { accepted: PromotedFeedback[]; rejected: RejectedVote[] }
  /** Number of voted prompts that only confirm their route. */
  confirmed: number
  /** Candidates that wait for review. */
  queued: ReportedCandidate[]
  /** Exemplars left out as harmful. */
  quarantined: ReportedQuarantine[]
  /** True where nothing was built, because it would have repeated an existing generation. */
  unchanged: boolean
}

export const promoted = (data: TrainingData): PromotedFeedback[] =>
  data.accepted.map(({ exemplar, decisionIds, reason }) => ({
    exemplarId: exemplar.id,
    route: exemplar.route,
    text: exemplar.text || TEXT_NOT_STORED,
    decisionIds,
    reason,
  }))

const toReported = ({ exemplar, decisionIds, reason }: AcceptedCandidate): ReportedCandidate => ({
  exemplarId: exemplar.id,
  route: exemplar.route,
  text: exemplar.text || null,
  decisionIds,
  reason,
})

export const queuedOf = ({ queued }: TrainingData): ReportedCandidate[] => queued.map(toReported)

export const quarantinedOf = ({ quarantined }: TrainingData): ReportedQuarantine[] =>
  quarantined.map(({ exemplarId, route, reason }) => ({ exemplarId, route, reason }))

interface ReportInput {
  manifest: Manifest
  verdict: Verdict
  gate: GateReport | null
  routing: RoutingReport | null
  trigger: Trigger
  author: string
  digest: string
  data: TrainingData
}

/** Writes the report of a new generation. */
export const keepReport = (dir: string, input: ReportInput): Promise<void> => {
  const { manifest, verdict, trigger, author, digest, data, gate, routing } = input
  const { generation, parentGeneration: parent, createdAtMs } = manifest
  return writeReport(dir, {
    ...{ generation, parent, trigger, author, createdAtMs, digest, gate, routing },
    outcome: verdict.outcome,
    reason: verdict.reason,
    accepted: data.accepted.map(toReported),
    queued: queuedOf(data),
    rejected: data.rejected,
    quarantined: quarantinedOf(data),
    confirmed: data.confirmed,
  })
}
