// The encoder that the server uses: child processes, a bounded queue, deadlines, and a new process where one dies. The
// main thread only dispatches. Whatever happens to a process, every call settles by its deadline (callers then fail open).
import type { EncoderConfig } from '../config/config-schema.ts'
import type { Logger } from '../core/logger.ts'
import { RouterError } from '../errors.ts'
import { entryPoint } from '../jobs/entry-point.ts'
import { createDispatcher, unavailable } from './dispatcher.ts'
import type { Encoder } from './encoder.ts'
import type { Readiness } from './encoder-process.ts'
import { afterWait, createHeadroom } from './headroom.ts'
import { createJobs, type Job } from './jobs.ts'
import { processCount } from './process-count.ts'
import { capChars } from './sanitise.ts'
import { createServiceTime } from './service-time.ts'
import { createSlot, type Slot, type SlotState } from './slot.ts'

/** A process is given up after so many deadlines of silence; on a crowded machine one prompt may take a second. */
const SILENT_DEADLINES = 4
const LEAST_SILENCE_MS = 2_000
/** The encoder is pressed where a prompt waits for more than this share of its deadline: its processes stay busy without it. */
const PRESSED_SHARE = 0.25

export interface SupervisedEncoderOptions {
  config: EncoderConfig
  logger: Logger
  /** Monotonic milliseconds. */
  now?: () => number
  /** How late prompts and answers are seen, in milliseconds; 0 by default. */
  lateMs?: () => number
  /** The module that runs in the process; default child.ts. */
  childUrl?: URL
}

export interface EncoderStats {
  processes: { pid: number | undefined; state: SlotState; inFlight: number; restarts: number }[]
  waiting: number
  embedded: number
  failed: number
  timeouts: number
  /** Refused because `queue_limit` prompts waited already. */
  overloaded: number
  /** Refused at the door, because they would have been late. */
  refused: number
  /** Dropped before they started, because they could no longer be in time. */
  expired: number
  unavailable: number
  restarts: number
}

export interface SupervisedEncoder extends Encoder {
  /** Counters since the start and the present state, for metrics and readiness. */
  stats(): EncoderStats
}

const overloaded = (limit: number): RouterError =>
  new RouterError('encoder_overloaded', `${limit} prompts already wait for the encoder.`, {
    details: { limit },
  })

/** Starts all slots and gives what the first of them reports; closes them where one does not start. */
const startAll = async (slots: Slot[], close: () => Promise<void>): Promise<Readiness> => {
  try {
    const [first] = await Promise.all(slots.map((slot) => slot.start()))
    if (!first) throw unavailable('no process is configured')
    return first
  } catch (error) {
    await close()
    throw error
  }
}

/** What the processes share: the waiting jobs, who works on what, and the counters. */
const createShared = ({ now = () => performance.now() }: SupervisedEncoderOptions) => {
  const counters = { embedded: 0, failed: 0, timeouts: 0, overloaded: 0 }
  const headroom = createHeadroom()
  const onTimeout = ({ attempts }: Job): void => {
    counters.timeouts += 1
    if (attempts > 0) headroom.missed()
  }
  const jobs = createJobs({ now, onTimeout })
  const serviceTime = createServiceTime()
  let isClosed = false
  const common = { jobs, serviceTime, headroom, now }
  const dispatcher = createDispatcher({ ...common, isClosed: () => isClosed })
  return {
    now,
    counters,
    jobs,
    headroom,
    dispatcher,
    isClosed: () => isClosed,
    close: () => {
      isClosed = true
    },
  }
}

type Shared = ReturnType<typeof createShared>

const createWorker = (
  { config, logger, childUrl, lateMs = () => 0 }: SupervisedEncoderOptions,
  { now, counters, jobs, headroom, dispatcher }: Shared,
  isExpected: (readiness: Readiness) => boolean,
): Slot => {
  const answer = (
    answered: number[],
    counter: 'embedded' | 'failed',
    settle: (job: number, at: number) => boolean,
  ): void => {
    dispatcher.answered(slot, answered)
    headroom.heardAfter(lateMs())
    for (const [at, job] of answered.entries()) {
      if (!settle(job, at)) continue
      counters[counter] += 1
      headroom.met()
    }
    dispatcher.dispatch()
  }
  const slot = createSlot({
    url: childUrl ?? entryPoint(import.meta.url, './child.js'),
    config,
    logger,
    now,
    silenceMs: Math.max(LEAST_SILENCE_MS, SILENT_DEADLINES * config.deadline_ms),
    isExpected,
    onReady: dispatcher.dispatch,
    onExit: (unanswered, why) => dispatcher.ended(slot, unanswered, why),
    onEmbedded: (ids, rows) =>
      answer(ids, 'embedded', (id, at) => jobs.resolve(id, rows[at] as Float32Array)),
    onFailed: (id, error) => answer([id], 'failed', () => jobs.reject(id, error)),
  })
  dispatcher.addSlot(slot)
  return slot
}

const statsOf = ({ counters, jobs, dispatcher }: Shared, slots: Slot[]): EncoderStats => ({
  ...counters,
  ...dispatcher.counters,
  waiting: jobs.waiting,
  restarts: slots.reduce((sum, slot) => sum + slot.restarts, 0),
  processes: slots.map(({ pid, state, inFlight, restarts }) => ({
    pid,
    state,
    inFlight,
    restarts,
  })),
})

const closeAll = async (shared: Shared, slots: Slot[]): Promise<void> => {
  shared.close()
  await Promise.all(slots.map((slot) => slot.close()))
  shared.jobs.rejectWaiting(
    () => unavailable('closed'),
    () => true,
  )
}

/** @throws RouterError `encoder_unavailable` once closed, `encoder_overloaded` where too many prompts wait */
const refuseIfFull = (shared: Shared, { queue_limit: limit }: EncoderConfig): void => {
  if (shared.isClosed()) throw unavailable('closed')
  if (shared.jobs.waiting < limit) return
  shared.counters.overloaded += 1
  throw overloaded(limit)
}

/**
 * Starts `config.processes` encoder processes and resolves when all are warm.
 * @throws RouterError `model_files_invalid` or `encoder_unavailable` when one does not start.
 */
export const createSupervisedEncoder = async (
  options: SupervisedEncoderOptions,
): Promise<SupervisedEncoder> => {
  const { config, logger, lateMs = () => 0 } = options
  const shared = createShared(options)
  /** What the first process reports; every later one must report the same. */
  let identity: Readiness | undefined
  const isExpected = ({ encoderId }: Readiness): boolean =>
    identity === undefined || identity.encoderId === encoderId
  const slots = Array.from({ length: processCount(config.processes) }, () =>
    createWorker(options, shared, isExpected),
  )
  const close = (): Promise<void> => closeAll(shared, slots)
  identity = await startAll(slots, close)
  const { encoderId, dimensions, searchDimensions } = identity
  logger.info({ encoderId, dimensions, processes: slots.length }, 'encoder is ready')
  return {
    id: encoderId,
    dimensions,
    searchDimensions,
    embed: async (text, { signal, deadlineMs = config.deadline_ms } = {}) => {
      signal?.throwIfAborted()
      refuseIfFull(shared, config)
      const capped = capChars(text, config.max_chars)
      const left = { deadlineMs: afterWait(deadlineMs, lateMs()), signal }
      return shared.dispatcher.admit(capped, left)
    },
    isPressed: () => shared.dispatcher.waitMs() > PRESSED_SHARE * config.deadline_ms,
    stats: () => statsOf(shared, slots),
    close,
  }
}
