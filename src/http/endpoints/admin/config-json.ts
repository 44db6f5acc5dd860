// Configurations, plans and their history → JSON of /admin/config and `signalbox config --json`.
import type { z } from 'zod'
import type { ConfigOutcome } from '../../../config/config-admin.ts'
import { writtenConfig } from '../../../config/load-config.ts'
import type { ConfigPlan, PlannedReplay } from '../../../config/plan-config.ts'
import type { ConfigState } from '../../../config/reloader.ts'
import type { ConfigActivation, ConfigVersion } from '../../../core/records/config-version.ts'
import type {
  configChangeSchema,
  configHistorySchema,
  configStatusSchema,
  configVersionSchema,
} from './config-schemas.ts'

type ChangeJson = z.infer<typeof configChangeSchema>
type PlanJson = ChangeJson['plan']

const iso = (epochMs: number): string => new Date(epochMs).toISOString()

const statusJson = ({ wanted, serving, restartRequired, lastError }: ConfigState) => ({
  version: wanted.version,
  serving_version: serving.version,
  restart_required: restartRequired,
  last_error: lastError && { message: lastError.message, at: iso(lastError.atMs) },
})

export const configStatusJson = (state: ConfigState): z.infer<typeof configStatusSchema> => ({
  object: 'config',
  ...statusJson(state),
  file: state.wanted.path,
  author: state.author,
  cause: state.cause,
  active_since: iso(state.atMs),
  config: writtenConfig(state.wanted),
})

const replayJson = (replay: PlannedReplay): NonNullable<PlanJson['replay']> => ({
  since: iso(replay.sinceMs),
  decisions: replay.decisions,
  skipped: replay.skipped,
  changed: replay.changed,
  changed_share: replay.changedShare,
  changed_anyway: replay.changedAnyway,
  moves: replay.moves,
  examples: replay.examples.map(({ decisionId, ...example }) => ({
    decision_id: decisionId,
    ...example,
  })),
})

export const planJson = (plan: ConfigPlan): PlanJson => ({
  from: plan.from,
  to: plan.to,
  changes: plan.changes.map(({ path, kind, before, after }) => ({
    path,
    change: kind,
    before,
    after,
  })),
  restart_required: plan.restartRequired,
  summary: plan.summary,
  replay: plan.replay && replayJson(plan.replay),
})

export const configChangeJson = ({ isApplied, plan, state }: ConfigOutcome): ChangeJson => ({
  object: 'config_change',
  applied: isApplied,
  ...statusJson(state),
  plan: planJson(plan),
})

/** @param activations newest first */
export const configHistoryJson = (
  activations: readonly ConfigActivation[],
  serving: string | null,
): z.infer<typeof configHistorySchema> => {
  const newest = activations.find(({ hash }) => hash === serving)
  return {
    object: 'list',
    data: activations.map(({ id, hash, author, cause, atMs }) => ({
      id,
      version: hash,
      author,
      cause,
      at: iso(atMs),
      serving: id === newest?.id,
    })),
  }
}

export const configVersionJson = (version: ConfigVersion): z.infer<typeof configVersionSchema> => ({
  object: 'config_version',
  version: version.hash,
  author: version.author,
  created_at: iso(version.createdAtMs),
  text: version.text,
})
