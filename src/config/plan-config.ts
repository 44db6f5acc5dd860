// The plan of a change of the configuration: the changed keys, which of them need a restart, and, by a replay of last week's decisions,
// how many decisions would change. Makes no model calls and stores nothing.

import type { Config } from './config-schema.ts'
import { type ConfigChange, diffConfigs } from './diff-configs.ts'
import { type LoadedConfig, writtenConfig } from './load-config.ts'
import { restartRequired } from './restart-keys.ts'

const DAY_MS = 86_400_000
export const REPLAY_DAYS = 7
export const REPLAY_LIMIT = 2_000

/** The part of a replay's report that a plan uses. */
export interface ReplayedDecisions {
  /** Replayed decisions, and skipped ones by reason. */
  replayed: number
  skipped: Record<string, number>
  changed: number
  changedShare: number
  moves: { from: string; to: string; decisions: number }[]
  examples: { decisionId: string; from: string; to: string; text: string | null }[]
}

/** Replays stored decisions with a configuration; null where there is no generation. */
export type ReplayConfig = (
  config: Config,
  options: { limit: number; sinceMs: number; signal?: AbortSignal },
) => Promise<ReplayedDecisions | null>

export interface PlannedReplay
  extends Pick<ReplayedDecisions, 'skipped' | 'changedShare' | 'moves' | 'examples'> {
  sinceMs: number
  /** Replayed decisions. */
  decisions: number
  /** Decisions that would differ from the recorded ones. */
  changed: number
  /** Decisions that would also differ under the serving configuration, because the index has changed since. */
  changedAnyway: number
}

export interface ConfigPlan {
  /** Versions. */
  from: string
  to: string
  changes: ConfigChange[]
  restartRequired: string[]
  /** Null where nothing was replayed; `summary` says why. */
  replay: PlannedReplay | null
  /** A sentence about the decisions. */
  summary: string
}

/** Whether a change can affect routes; others need no replay. */
const decides = ({ keys: [first, , third], kind, path }: ConfigChange): boolean => {
  if (first === 'routes') return third === 'threshold' || kind !== 'changed'
  return ['default_route', 'conversation.inherit', 'index.neighbours'].includes(path)
}

const thousands = (n: number): string => n.toLocaleString('en-US')

export const describeReplay = (replay: PlannedReplay): string => {
  const { decisions, changedShare, changedAnyway } = replay
  if (decisions === 0) return `No decision of the last ${REPLAY_DAYS} days can be replayed.`
  const anyway =
    changedAnyway > 0
      ? ` (${thousands(changedAnyway)} would without it, too: the index has changed since)`
      : ''
  return `${(changedShare * 100).toFixed(1)} % of the last ${REPLAY_DAYS} days' ${thousands(decisions)} decisions would take another route${anyway}.`
}

export interface PlanOptions {
  from: LoadedConfig
  to: LoadedConfig
  /** The configuration that the process was started with; `from` where no server runs. */
  running: Config
  /** Null leaves out the replay. */
  replay: ReplayConfig | null
  now: number
  limit?: number
  signal?: AbortSignal
}

const replayBoth = async (
  options: PlanOptions,
  replay: ReplayConfig,
): Promise<PlannedReplay | null> => {
  const { from, to, now, limit = REPLAY_LIMIT, signal } = options
  const sinceMs = now - REPLAY_DAYS * DAY_MS
  const query = { limit, sinceMs, ...(signal && { signal }) }
  const wanted = await replay(writtenConfig(to), query)
  if (!wanted) return null
  const serving = wanted.changed > 0 ? await replay(writtenConfig(from), query) : null
  return {
    sinceMs,
    decisions: wanted.replayed,
    skipped: wanted.skipped,
    changed: wanted.changed,
    changedShare: wanted.changedShare,
    changedAnyway: serving?.changed ?? 0,
    moves: wanted.moves,
    examples: wanted.examples,
  }
}

/** @throws RouterError of the replay: `index_invalid`, `store_unavailable`, `internal` */
export const planConfig = async (options: PlanOptions): Promise<ConfigPlan> => {
  const { from, to, running } = options
  const changes = diffConfigs(writtenConfig(from), writtenConfig(to))
  const plan = {
    from: from.version,
    to: to.version,
    changes,
    restartRequired: restartRequired(running, to.config),
  }
  if (changes.length === 0) return { ...plan, replay: null, summary: 'Nothing changes.' }
  if (!changes.some(decides)) {
    return { ...plan, replay: null, summary: 'No key that decides about routes changes.' }
  }
  if (options.replay === null)
    return { ...plan, replay: null, summary: 'No decision was replayed.' }
  const replay = await replayBoth(options, options.replay)
  const summary = replay
    ? describeReplay(replay)
    : 'There is no index generation yet to replay decisions with.'
  return { ...plan, replay, summary }
}
