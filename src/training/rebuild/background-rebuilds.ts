// Rebuilds of a running server: one at a time, in the background, with an id and a state that can be queried.
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
  /** The last finished one since the start of the server. */
  last: FinishedRebuild | null
}

export interface Rebuilds {
  /**
   * Starts a rebuild; `done` settles when it ends.
   * @throws RouterError `build_in_progress`, `shutting_down`
   */
  start(request: RebuildRequest): { id: string; done: Promise<RebuildReport> }
  state(): RebuildState
  /** Kills the running one. Safe to call twice. */
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

const logEnd = (logger: Logger, { id, trigger }: Asked, report: RebuildReport): void => {
  const level = report.outcome === 'refused' ? 'warn' : 'info'
  logger[level]({ rebuild: id, trigger, ...factsOf(report) }, 'rebuild ended')
  if (!report.holdsForgotten) return
  logger.warn(
    { rebuild: id, generation: report.current },
    'the serving generation still contains prompts that were to be forgotten',
  )
}

const draining = (): RouterError => new RouterError('shutting_down', 'The server is draining.')

/** Runs one rebuild, and keeps its progress and result in `state`. */
const runOne = async (
  { run, now, logger }: RebuildsOptions,
  state: RebuildState,
  { request, asked, signal }: { request: RebuildRequest; asked: Asked; signal: AbortSignal },
): Promise<RebuildReport> => {
  const { id, trigger, author } = asked
  logger.info({ rebuild: id, trigger, author }, 'rebuild begins')
  try {
    const report = await run(request, {
      signal,
      onProgress: (progress) => {
        if (state.running?.id === id) state.running = { ...state.running, ...progress }
      },
    })
    state.last = { ...asked, finishedAtMs: now(), report, error: null }
    logEnd(logger, asked, report)
    return report
  } catch (error) {
    const { code, message } = toRouterError(error)
    state.last = { ...asked, finishedAtMs: now(), report: null, error: { code, message } }
    if (!signal.aborted) {
      logger.error({ rebuild: id, trigger, code, problem: message }, 'rebuild failed')
    }
    throw error
  } finally {
    state.running = null
  }
}

export const createRebuilds = (options: RebuildsOptions): Rebuilds => {
  const closing = new AbortController()
  const state: RebuildState = { running: null, last: null }
  let done: Promise<unknown> | null = null
  return {
    start: (request) => {
      const { signal } = closing
      if (signal.aborted) throw draining()
      if (state.running !== null) throw inProgress(state.running)
      const { trigger, author } = request
      const asked = { id: options.newId(), trigger, author, startedAtMs: options.now() }
      state.running = { ...asked, stage: 'embed', done: 0, total: 0 }
      const report = runOne(options, state, { request, asked, signal })
      done = report.catch(() => undefined)
      return { id: asked.id, done: report }
    },
    state: () => ({ ...state }),
    close: async () => {
      closing.abort(draining())
      await done
    },
  }
}
