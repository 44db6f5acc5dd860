// Generations and rebuilds as JSON: names in snake case, times in ISO 8601.
import type { z } from 'zod'
import type { GateReport } from '../../../core/gate-report.ts'
import type { GenerationReport } from '../../../training/generations/generation-report.ts'
import type {
  DescribedGeneration,
  GenerationList,
  ListedGeneration,
} from '../../../training/generations/list-generations.ts'
import type {
  FinishedRebuild,
  RebuildState,
} from '../../../training/rebuild/background-rebuilds.ts'
import type { GenerationAdmin } from '../../../training/rebuild/generation-admin.ts'
import type { RebuildReport } from '../../../training/rebuild/rebuild.ts'
import type {
  generationListSchema,
  generationSchema,
  historySchema,
  listedGenerationSchema,
  rebuildStateSchema,
} from './generation-schemas.ts'

type ListJson = z.infer<typeof generationListSchema>
type ListedJson = z.infer<typeof listedGenerationSchema>
type GenerationJson = z.infer<typeof generationSchema>
type ReportJson = NonNullable<GenerationJson['report']>
type GateJson = NonNullable<ReportJson['gate']>
type RebuildJson = z.infer<typeof rebuildStateSchema>
type LastJson = NonNullable<RebuildJson['last']>
type HistoryJson = z.infer<typeof historySchema>

type HistoryEvent = Awaited<ReturnType<GenerationAdmin['history']>>[number]

const LISTED = 500

const iso = (epochMs: number): string => new Date(epochMs).toISOString()
const isoOrNull = (epochMs: number | null): string | null =>
  epochMs === null ? null : iso(epochMs)
/** JSON has no NaN. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null)

type Replay = NonNullable<GateReport['replay']>

const fixesJson = ({ pValue, ...counts }: Replay['voted']) => ({
  ...counts,
  p_value: finite(pValue),
})

export const replayJson = (replay: Replay): NonNullable<GateJson['replay']> => ({
  replayed: replay.replayed,
  skipped: replay.skipped,
  since: isoOrNull(replay.sinceMs),
  changed: replay.changed,
  changed_share: replay.changedShare,
  moves: replay.moves,
  voted: fixesJson(replay.voted),
  held_out: fixesJson(replay.heldOut),
  hubs: replay.hubs.map(({ exemplarId, ...hub }) => ({ exemplar_id: exemplarId, ...hub })),
  examples: replay.examples.map(({ decisionId, ...example }) => ({
    decision_id: decisionId,
    ...example,
  })),
  duration_ms: replay.durationMs,
})

const gateJson = ({
  candidate,
  against,
  passed,
  checks,
  replay,
  durationMs,
}: GateReport): GateJson => ({
  candidate,
  against,
  passed,
  checks: checks.map(({ figures, ...check }) => ({
    ...check,
    figures: Object.fromEntries(Object.entries(figures).map(([name, x]) => [name, finite(x)])),
  })),
  replay: replay && replayJson(replay),
  duration_ms: durationMs,
})

type Feedback = Pick<
  GenerationReport,
  'counts' | 'accepted' | 'queued' | 'rejected' | 'quarantined'
>

const candidateJson = ({ exemplarId, decisionIds, ...rest }: Feedback['accepted'][number]) => ({
  exemplar_id: exemplarId,
  decision_ids: decisionIds,
  ...rest,
})

const feedbackJson = ({ counts, accepted, queued, rejected, quarantined }: Feedback) => ({
  counts,
  accepted: accepted.map(candidateJson),
  queued: queued.map(candidateJson),
  rejected: rejected.map(({ decisionId, reason }) => ({ decision_id: decisionId, reason })),
  quarantined: quarantined.map(({ exemplarId, ...rest }) => ({ exemplar_id: exemplarId, ...rest })),
})

const reportJson = (report: GenerationReport): ReportJson => ({
  outcome: report.outcome,
  reason: report.reason,
  trigger: report.trigger,
  author: report.author,
  created_at: iso(report.createdAtMs),
  gate: report.gate && gateJson(report.gate),
  ...feedbackJson(report),
})

const eventJson = ({ atMs, ...event }: HistoryEvent): HistoryJson['data'][number] => ({
  at: iso(atMs),
  ...event,
})

const listedJson = (listed: ListedGeneration): ListedJson => ({
  object: 'generation',
  generation: listed.generation,
  status: listed.status,
  canary_share: listed.canaryShare,
  created_at: isoOrNull(listed.createdAtMs),
  parent: listed.parent,
  exemplars: listed.exemplars,
  from_feedback: listed.fromFeedback,
  routes: listed.routes,
  search: listed.search,
  recall_at_10: listed.recallAt10,
  encoder_id: listed.encoderId,
  held_out: listed.heldOut,
  outcome: listed.outcome,
  trigger: listed.trigger,
  author: listed.author,
  gate: listed.gate,
  problem: listed.problem,
})

export const generationListJson = ({ current, generations }: GenerationList): ListJson => ({
  object: 'list',
  current,
  data: generations.map(listedJson),
})

export const generationJson = (described: DescribedGeneration): GenerationJson => ({
  ...listedJson(described),
  report: described.report && reportJson(described.report),
  history: described.history.map(eventJson),
})

export const historyJson = (events: HistoryEvent[]): HistoryJson => ({
  object: 'list',
  data: events.map(eventJson).reverse(),
})

const asFeedback = ({ fromFeedback, queued, quarantined, confirmed }: RebuildReport): Feedback => {
  const { accepted, rejected } = fromFeedback
  return {
    counts: {
      accepted: accepted.length,
      queued: queued.length,
      rejected: rejected.length,
      quarantined: quarantined.length,
      confirmed,
    },
    accepted: accepted.slice(0, LISTED),
    queued: queued.slice(0, LISTED),
    rejected: rejected.slice(0, LISTED),
    quarantined: quarantined.slice(0, LISTED),
  }
}

const rebuildReportJson = (report: RebuildReport): NonNullable<LastJson['report']> => ({
  outcome: report.outcome,
  reason: report.reason,
  generation: report.generation,
  parent: report.parent,
  current: report.current,
  exemplars: report.exemplars,
  routes: report.routes,
  embedded: report.embedded,
  reused: report.reused,
  recall_at_10: report.recallAt10,
  search: report.search,
  held_out: report.heldOut,
  gate: report.gate && gateJson(report.gate),
  ...feedbackJson(asFeedback(report)),
  removed: report.removed,
  holds_forgotten: report.holdsForgotten,
  duration_ms: report.durationMs,
})

const lastJson = ({
  startedAtMs,
  finishedAtMs,
  report,
  error,
  ...asked
}: FinishedRebuild): LastJson => ({
  ...asked,
  started_at: iso(startedAtMs),
  finished_at: iso(finishedAtMs),
  report: report && rebuildReportJson(report),
  error,
})

export const rebuildStateJson = ({ running, last }: RebuildState): RebuildJson => {
  if (running === null) {
    return { object: 'rebuild', state: 'idle', running, last: last && lastJson(last) }
  }
  const { startedAtMs, ...rest } = running
  return {
    object: 'rebuild',
    state: 'running',
    running: { ...rest, started_at: iso(startedAtMs) },
    last: last && lastJson(last),
  }
}
