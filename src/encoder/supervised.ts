// The encoder that the server uses: child processes, a bounded queue, deadlines, and a new process where one dies.
// Main thread only dispatches. Whatever happens to a process, every call settles by its deadline (callers then fail open).
import type { EncoderConfig } from '../config/config-schema.ts'
import type { Logger } from '../core/logger.ts'
import { RouterError } from '../errors.ts'
import { entryPoint } from '../jobs/entry-point.ts'
import type { Encoder } from './encoder.ts'
import type { Readiness } from './encoder-process.ts'
import { createJobs, type Job } from './jobs.ts'
import { capChars } from './sanitise.ts'
import { createSlot, type Slot, type SlotState } from './slot.ts'

/** Two jobs a process: the next is in the pipe while one is computed. More would only age there. */
const JOBS_PER_PROCESS = 2
/** What a new process takes to be ready (1.2 s measured), with room: no call with less time left waits for it. */
const RESPAWN_MS = 2_000
/** A process is given up after so many deadlines of silence; on a crowded machine one prompt may take a second. */
const SILENT_DEADLINES = 4
const LEAST_SILENCE_MS = 2_000

export interface SupervisedEncoderOptions {
  config: EncoderConfig
  logger: Logger
  /** Monotonic milliseconds. */
  now?: () => number
  /** The module that runs in the process; default child.ts. */
  childUrl?: URL
}

export interface EncoderStats {
  processes: { pid: number | undefined; state: SlotState; inFlight: number; restarts: number }[]
  waiting: number
  embedded: number
  failed: number
  timeouts: number
  overloaded: number
  unavailable: number
  restarts: number
}

export interface SupervisedEncoder extends Encoder {
  /** Counters since the start and the present state, for metrics and readiness. */
  stats(): EncoderStats
}

interface Counters {
  embedded: number
  failed: number
  timeouts: number
  overloaded: number
  unavailable: number
}

const unavailable = (why: string): RouterError =>
  new RouterError('encoder_unavailable', `The encoder process is not running: ${why}.`)

const overloaded = (limit: number): RouterError =>
  new RouterError('encoder_overloaded', `${limit} prompts already wait for the encoder.`, {
    details: { limit },
  })

/**
 * Starts `config.processes` encoder processes and resolves when all are warm.
 * @throws RouterError `model_files_invalid` or `encoder_unavailable` when one does not start.
 */
export const createSupervisedEncoder = async (
  options: SupervisedEncoderOptions,
): Promise<SupervisedEncoder> => {
  const { config, logger, now = () => performance.now() } = options
  const counters: Counters = { embedded: 0, failed: 0, timeouts: 0, overloaded: 0, unavailable: 0 }
  const jobs = createJobs({
    now,
    onTimeout: () => {
      counters.timeouts += 1
    },
  })
  const slots: Slot[] = []
  let identity: Readiness | undefined
  let isClosed = false

  const hasReady = () => slots.some((slot) => slot.state === 'ready')
  const canWait = (deadlineAt: number) => hasReady() || deadlineAt - now() > RESPAWN_MS
  const leastBusy = (): Slot | undefined =>
    slots
      .filter((slot) => slot.state === 'ready' && slot.inFlight < JOBS_PER_PROCESS)
      .sort((a, b) => a.inFlight - b.inFlight)[0]

  const dispatch = (): void => {
    for (let slot = leastBusy(); slot; slot = leastBusy()) {
      const job = jobs.take()
      if (!job) return
      job.attempts += 1
      slot.send(job.id, job.text)
    }
  }

  const giveUp = (job: Job, why: string): void => {
    if (jobs.reject(job.id, unavailable(why))) counters.unavailable += 1
  }
  /** One more try for what a dead process had: a prompt that killed two processes will not get a third. */
  const afterExit = (unanswered: number[], why: string): void => {
    for (const id of unanswered.reverse()) {
      const job = jobs.get(id)
      if (!job) continue
      if (!isClosed && job.attempts === 1 && canWait(job.deadlineAt)) jobs.putBack(id)
      else giveUp(job, why)
    }
    jobs.rejectWaiting(
      () => {
        counters.unavailable += 1
        return unavailable(why)
      },
      (job) => isClosed || !canWait(job.deadlineAt),
    )
    dispatch()
  }

  const createOne = (): Slot =>
    createSlot({
      url: options.childUrl ?? entryPoint(import.meta.url, './child.js'),
      config,
      logger,
      now,
      silenceMs: Math.max(LEAST_SILENCE_MS, SILENT_DEADLINES * config.deadline_ms),
      isExpected: ({ encoderId }) => identity === undefined || identity.encoderId === encoderId,
      onReady: dispatch,
      onExit: afterExit,
      onEmbedded: (id, vector) => {
        if (jobs.resolve(id, vector)) counters.embedded += 1
        dispatch()
      },
      onFailed: (id, error) => {
        if (jobs.reject(id, error)) counters.failed += 1
        dispatch()
      },
    })

  const close = async (): Promise<void> => {
    isClosed = true
    await Promise.all(slots.map((slot) => slot.close()))
    jobs.rejectWaiting(
      () => unavailable('closed'),
      () => true,
    )
  }

  for (let at = 0; at < config.processes; at++) slots.push(createOne())
  try {
    const started = await Promise.all(slots.map((slot) => slot.start()))
    identity = started[0] as Readiness
  } catch (error) {
    await close()
    throw error
  }
  const { encoderId, dimensions, searchDimensions } = identity
  logger.info({ encoderId, dimensions, processes: slots.length }, 'encoder is ready')

  return {
    id: encoderId,
    dimensions,
    searchDimensions,
    embed: async (text, { signal, deadlineMs = config.deadline_ms } = {}) => {
      signal?.throwIfAborted()
      if (isClosed) throw unavailable('closed')
      if (!canWait(now() + deadlineMs)) {
        counters.unavailable += 1
        throw unavailable('being started again')
      }
      if (jobs.waiting >= config.queue_limit) {
        counters.overloaded += 1
        throw overloaded(config.queue_limit)
      }
      const vector = jobs.add(capChars(text, config.max_chars), { deadlineMs, signal })
      dispatch()
      return vector
    },
    stats: () => ({
      ...counters,
      waiting: jobs.waiting,
      restarts: slots.reduce((sum, slot) => sum + slot.restarts, 0),
      processes: slots.map(({ pid, state, inFlight, restarts }) => ({
        pid,
        state,
        inFlight,
        restarts,
      })),
    }),
    close,
  }
}
