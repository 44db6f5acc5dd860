// Prompts that wait for a vector: each has a deadline, may be aborted, and is settled exactly once. Used by supervised.ts. A settled job
// is removed; later answers are dropped.

import { RouterError } from '../errors.ts'
import type { EndSignal } from '../jobs/end-signal.ts'

/** A prompt's place in the queue is later than its arrival by so much: for so long, and no longer, shorter ones may overtake it. */
const LATER_MS_PER_TOKEN = 0.25
const LATEST_MS = 50

const laterMs = (tokens: number): number => Math.min(LATEST_MS, LATER_MS_PER_TOKEN * tokens)

export interface Job {
  readonly id: number
  readonly text: string
  /** Estimated tokens, for the expected time. */
  readonly tokens: number
  readonly deadlineMs: number
  readonly deadlineAt: number
  /** Number of processes that it was sent to. */
  attempts: number
}

export interface AddOptions {
  tokens: number
  deadlineMs: number
  signal: EndSignal | undefined
}

export interface Jobs {
  /** Number of jobs that were not sent yet. */
  readonly waiting: number
  /** Of the waiting jobs that a prompt of `tokens` would have before it, the sum of what `weigh` gives for their tokens. */
  sumBefore(tokens: number, weigh: (tokens: number) => number): number
  add(text: string, options: AddOptions): Promise<Float32Array>
  /** Removes and returns the first waiting job. */
  take(): Job | undefined
  get(id: number): Job | undefined
  /** Puts a taken job back before all others. */
  putBack(id: number): void
  /** Settles a job; false for an unknown id, such as one that was settled before. */
  resolve(id: number, vector: Float32Array): boolean
  reject(id: number, error: unknown): boolean
  /** Rejects all waiting jobs that the predicate picks. */
  rejectWaiting(error: () => RouterError, isPicked: (job: Job) => boolean): void
}

export interface JobsOptions {
  now: () => number
  /** Called for each job that missed its deadline. */
  onTimeout: (job: Job) => void
}

interface Entry extends Job {
  /** When a prompt of no length would have had to come for the same place in the queue. */
  place: number
  resolve: (vector: Float32Array) => void
  reject: (error: unknown) => void
  stopWatching: () => void
}

/** An `encoder_timeout`: missed already, or certain to be missed. */
export const timedOut = (deadlineMs: number): RouterError =>
  new RouterError('encoder_timeout', `The encoder gave no vector within ${deadlineMs} ms.`, {
    details: { deadlineMs },
  })

/** Calls `onEnd` once, when the time is up or the signal aborts; the result stops both. */
const watch = (
  { deadlineMs, signal }: AddOptions,
  onEnd: { late: () => void; aborted: (reason: unknown) => void },
): (() => void) => {
  const timer = setTimeout(onEnd.late, deadlineMs)
  const abort = () => onEnd.aborted(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })
  return () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
}

/** Jobs by id, and the queue of those that were not sent, in the order of their places. */
const createEntries = () => {
  const open = new Map<number, Entry>()
  const queue: Entry[] = []
  return {
    open,
    queue,
    insert: (entry: Entry): void => {
      open.set(entry.id, entry)
      queue.splice(queue.findLastIndex(({ place }) => place <= entry.place) + 1, 0, entry)
    },
    sumBefore: (place: number, weigh: (tokens: number) => number): number => {
      let sum = 0
      for (const entry of queue) if (entry.place <= place) sum += weigh(entry.tokens)
      return sum
    },
    remove: (id: number): Entry | undefined => {
      const entry = open.get(id)
      if (!entry) return undefined
      entry.stopWatching()
      open.delete(id)
      const at = queue.indexOf(entry)
      if (at >= 0) queue.splice(at, 1)
      return entry
    },
  }
}

const toJob = (at: number, text: string, { tokens, deadlineMs }: AddOptions) => ({
  ...{ text, tokens, deadlineMs, attempts: 0 },
  deadlineAt: at + deadlineMs,
  place: at + laterMs(tokens),
})

/** An empty set of jobs. */
export const createJobs = ({ now, onTimeout }: JobsOptions): Jobs => {
  const { open, queue, insert, sumBefore, remove } = createEntries()
  let lastId = 0
  const settle = (id: number, by: (entry: Entry) => void): boolean => {
    const entry = remove(id)
    if (entry) by(entry)
    return entry !== undefined
  }
  const reject = (id: number, error: unknown): boolean => settle(id, (entry) => entry.reject(error))
  const add = (text: string, options: AddOptions): Promise<Float32Array> =>
    new Promise((resolve, rejectJob) => {
      const id = ++lastId
      const late = (): void => {
        onTimeout(entry)
        reject(id, timedOut(options.deadlineMs))
      }
      const stopWatching = watch(options, { late, aborted: (reason) => reject(id, reason) })
      const job = { id, ...toJob(now(), text, options) }
      const entry: Entry = { ...job, resolve, reject: rejectJob, stopWatching }
      insert(entry)
    })
  return {
    get waiting() {
      return queue.length
    },
    sumBefore: (tokens, weigh) => sumBefore(now() + laterMs(tokens), weigh),
    add,
    take: () => queue.shift(),
    get: (id) => open.get(id),
    putBack: (id) => {
      const entry = open.get(id)
      if (entry) queue.unshift(entry)
    },
    resolve: (id, vector) => settle(id, (entry) => entry.resolve(vector)),
    reject,
    rejectWaiting: (error, isPicked) => {
      for (const { id } of queue.filter(isPicked)) reject(id, error())
    },
  }
}
