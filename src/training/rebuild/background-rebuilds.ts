// Rebuilds of a running server: one at a time, in the background, each with an id to ask after.
import type { Logger } from '../../core/logger.ts'
import { type ErrorCode, RouterError, toRouterError } from '../../errors.ts'
import type { RebuildProgress, RebuildReport } from './rebuild.ts'
import type { RebuildRequest } from './rebuild-job.ts'

interface Asked {
  id: string
  trigger: RebuildRequest['trigger']
  author: string
  startedAtMs: number
}

export interface RunningRebuild extends Asked {
  stage: RebuildProgress['stage']
  done: number
  total: number
}

export interface FinishedRebuild extends Asked {
  finishedAtMs: number
  /** Null where it failed. */
  report: RebuildReport | null
  error: { code: ErrorCode; message: string } | null
}

export interface RebuildState {
  running: RunningRebuild | null
  /** The last one since the start. */
  last: FinishedRebuild | null
}

export interface Rebuilds {
  /**
   * Begins a rebuild; `done` settles with it.
   * @throws RouterError `build_in_progress`, `shutting_down`
   */
  start(request: RebuildRequest): { id: string; done: Promise<RebuildReport> }
  state(): RebuildState
  /** Kills the one that runs. Safe to call twice. */
  close(): Promise<void>
}

export interface RebuildsOptions {
  run(
    request: RebuildRequest,
    options: { signal: AbortSignal; onProgress: (progress: RebuildProgress) => void },
  ): Promise<RebuildReport>
  newId: () => string
  now: () => number
  logger: Logger
}

const inProgress = ({ id, trigger }: Asked): RouterError =>
  new RouterError(
    'build_in_progress',
    `Rebuild ${id} (${trigger}) is running; GET /admin/rebuild says how far it is.`,
    { details: { id } },
  )

const factsOf = (report: RebuildReport): Record<string, unknown> => ({
  outcome: report.outcome,
  generation: report.generation,
  current: report.current,
  accepted: report.fromFeedback.accepted.length,
  queued: report.queued.length,
  rejected: report.fromFeedback.rejected.length,
  quarantined: report.quarantined.length,
  failed: report.gate?.checks.filter(({ verdict }) => verdict === 'failed').map(({ name }) => name),
  durationMs: report.durationMs,
})

export const createRebuilds = ({ run, newId, now, logger }: RebuildsOptions): Rebuilds => {
  const closing = new AbortController()
  let running: RunningRebuild | null = null
  let last: FinishedRebuild | null = null
  let done: Promise<unknown> | null = null

  const runOne = async (request: RebuildRequest, asked: Asked): Promise<RebuildReport> => {
    const { id, trigger, author } = asked
    logger.info({ rebuild: id, trigger, author }, 'rebuild begins')
    try {
      const report = await run(request, {
        signal: closing.signal,
        onProgress: (progress) => {
          if (running?.id === id) running = { ...running, ...progress }
        },
      })
      last = { ...asked, finishedAtMs: now(), report, error: null }
      const level = report.outcome === 'refused' ? 'warn' : 'info'
      logger[level]({ rebuild: id, trigger, ...factsOf(report) }, 'rebuild ended')
      if (report.leftOut) logger.warn({ rebuild: id }, report.leftOut.message)
      if (report.holdsForgotten) {
        logger.warn(
          { rebuild: id, generation: report.current },
          'the generation that serves still holds prompts that were to be forgotten',
        )
      }
      return report
    } catch (error) {
      const { code, message } = toRouterError(error)
      last = { ...asked, finishedAtMs: now(), report: null, error: { code, message } }
      if (!closing.signal.aborted) {
        logger.error({ rebuild: id, trigger, code, problem: message }, 'rebuild failed')
      }
      throw error
    } finally {
      running = null
    }
  }

  return {
    start: (request) => {
      if (closing.signal.aborted) {
        throw new RouterError('shutting_down', 'The server is draining.')
      }
      if (running !== null) throw inProgress(running)
      const { trigger, author } = request
      const asked = { id: newId(), trigger, author, startedAtMs: now() }
      running = { ...asked, stage: 'embed', done: 0, total: 0 }
      const report = runOne(request, asked)
      done = report.catch(() => undefined)
      return { id: asked.id, done: report }
    },
    state: () => ({ running, last }),
    close: async () => {
      closing.abort(new RouterError('shutting_down', 'The server is draining.'))
      await done
    },
  }
}
