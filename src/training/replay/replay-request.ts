// A request for a replay → the job: the same for the command and for the API.
import { existsSync } from 'node:fs'
import type { Config } from '../../config/config-schema.ts'
import type { DataPaths } from '../../config/data-paths.ts'
import { RouterError } from '../../errors.ts'
import type { JobOptions } from '../../jobs/run-job.ts'
import { currentGeneration, listGenerations } from '../../vector-index/generation-store.ts'
import type { ReplayReport } from '../reports/gate-report.ts'

import { type ReplayJob, runReplay } from './replay-job.ts'

export interface ReplayRequest {
  /** Default: the current one. */
  generation?: number
  /** Default: all that are stored. */
  sinceMs?: number
  /** Newest decisions looked at; default: `training.gate.replay_limit`. */
  limit?: number
}

export interface ReplayPlace {
  config: Config
  paths: Pick<DataPaths, 'index' | 'database'>
}

const DEFAULT_LIMIT = 10_000

const generationFor = async (dir: string, wanted: number | undefined): Promise<number> => {
  const known = await listGenerations(dir)
  const number = wanted ?? (await currentGeneration(dir))
  if (number === null) {
    throw new RouterError('index_unavailable', 'There is no generation to replay with yet.')
  }
  if (known.includes(number)) return number
  throw new RouterError(
    'invalid_request',
    `There is no generation ${number}; generations: ${known.join(', ') || 'none'}.`,
    { param: 'generation' },
  )
}

/** @throws RouterError `invalid_request` for an unknown generation, `index_unavailable` where there is none */
export const toReplayJob = async (
  { config, paths }: ReplayPlace,
  request: ReplayRequest,
): Promise<ReplayJob> => ({
  indexDir: paths.index,
  generation: await generationFor(paths.index, request.generation),
  config,
  databaseFile: paths.database,
  limit: request.limit ?? (config.training.gate.replay_limit || DEFAULT_LIMIT),
  sinceMs: request.sinceMs ?? null,
})

/** @throws RouterError as `toReplayJob` and `runReplay` do */
export const replayDecisions = async (
  place: ReplayPlace,
  request: ReplayRequest,
  options: JobOptions = {},
): Promise<ReplayReport> => {
  const job = await toReplayJob(place, request)
  if (!existsSync(job.databaseFile)) {
    throw new RouterError('store_unavailable', 'There is no database, so there are no decisions.', {
      isRetryable: false,
    })
  }
  return runReplay(job, options)
}

export type ReplayOnce = (request: ReplayRequest, options?: JobOptions) => Promise<ReplayReport>

/**
 * The server's: one replay at a time, because each takes both cores.
 * @throws RouterError `build_in_progress` while another runs
 */
export const createReplayOnce = (options: {
  paths: ReplayPlace['paths']
  /** Configuration that serves now. */
  config: () => Config
  /** Queued decisions are stored first. */
  flush: () => Promise<void>
}): ReplayOnce => {
  let isRunning = false
  return async (request, jobOptions) => {
    if (isRunning) {
      throw new RouterError('build_in_progress', 'Another replay is running; wait for its end.')
    }
    isRunning = true
    try {
      await options.flush()
      const place = { config: options.config(), paths: options.paths }
      return await replayDecisions(place, request, jobOptions)
    } finally {
      isRunning = false
    }
  }
}
