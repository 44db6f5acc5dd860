// Collects the input of the alert rules: counters and state of the parts, at each evaluation.
import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { type AlertWatch, createAlertWatch } from '../alerts/alert-watch.ts'
import { createNewEvents } from '../alerts/new-events.ts'
import { createNewVotes } from '../alerts/new-votes.ts'
import { type AlertTally, createAlertTally } from '../alerts/tally.ts'
import type { Config } from '../config/config-schema.ts'
import type { DataPaths } from '../config/data-paths.ts'
import type { Environment } from '../config/environment.ts'
import type { AlertSample } from '../core/alerting/alert-sample.ts'
import type { Logger } from '../core/logger.ts'
import type { Store } from '../store/store.ts'
import type { UpstreamHealth } from '../upstream/resilience/resilience.ts'
import type { RoutingEngine } from './routing-engine.ts'

export interface Alerts {
  tally: AlertTally
  watch: AlertWatch
  /** What became of generations since the start, as far as it was looked at. */
  events: Readonly<IndexEvents>
}

interface IndexEvents {
  gateRefusals: number
  canaryRollbacks: number
}

export interface AlertSources {
  config: () => Config
  paths: DataPaths
  tally: AlertTally
  /** Counts what became of generations. */
  events: IndexEvents
  store: Pick<
    Store,
    'stats' | 'listVotes' | 'listRoutesTaken' | 'addAlertEvents' | 'listAlertEvents'
  >
  engine: Pick<RoutingEngine, 'encoderStats' | 'indexProblem' | 'generation'>
  upstreamHealth: () => UpstreamHealth
  /** Why the configuration file was refused; null where it serves. */
  configProblem: () => string | null
  now: () => number
}

/** Routes whose models are all unavailable. */
const routesDown = ({ routes }: Config, { targets }: UpstreamHealth): string[] => {
  const resting = new Set(targets.filter(({ waitMs }) => waitMs > 0).map(({ model }) => model))
  return Object.entries(routes)
    .filter(([, { models }]) => models.every((model) => resting.has(model)))
    .map(([route]) => route)
}

const freeBytes = async ({ data }: DataPaths): Promise<number | null> => {
  if (!existsSync(data)) return null
  const { bavail, bsize, blocks } = await statfs(data)
  return blocks === 0 ? null : bavail * bsize
}

const totalsOf = ({ tally, store, engine }: AlertSources) => {
  const { droppedDecisions, droppedCompletions = 0 } = store.stats()
  return {
    ...tally.totals(),
    encoderRestarts: engine.encoderStats().restarts ?? 0,
    dropped: droppedDecisions + droppedCompletions,
  }
}

export const createAlertSamples = (sources: AlertSources): (() => Promise<AlertSample>) => {
  const { config, paths, tally, store, engine, events, now } = sources
  const votes = createNewVotes(store, () => config().alerts.rules.bad_votes)
  const newEvents = createNewEvents(paths.index)
  return async () => {
    const health = sources.upstreamHealth()
    const news = await newEvents()
    events.gateRefusals += news.gateRefused.length
    events.canaryRollbacks += news.canariesRolledBack.length
    const open = health.targets.filter(({ breaker }) => breaker === 'open')
    return {
      atMs: now(),
      totals: totalsOf(sources),
      latency: tally.latency(),
      firstToken: tally.firstToken(),
      breakersOpen: open.map(({ model }) => model),
      routesDown: routesDown(config(), health),
      diskFreeBytes: await freeBytes(paths),
      configProblem: sources.configProblem(),
      generationProblem: engine.indexProblem(),
      ...news,
      quality: tally.quality(),
      badVotes: await votes.look(),
    }
  }
}

export interface AlertOptions extends Omit<AlertSources, 'tally' | 'events'> {
  env: Environment
  newId: () => string
  logger: Logger
}

/** The counters, and the watch that evaluates them. */
export const createAlerts = (options: AlertOptions): Alerts => {
  const config = () => options.config().alerts
  const { generation } = options.engine
  const tally = createAlertTally({ baseline: () => config().baseline, generation })
  const events: IndexEvents = { gateRefusals: 0, canaryRollbacks: 0 }
  const collect = createAlertSamples({ ...options, tally, events })
  return { tally, events, watch: createAlertWatch({ ...options, config, collect }) }
}
