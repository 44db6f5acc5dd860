// Prompts that wait for a vector: each has a deadline, may be aborted, and is settled exactly once. Used by supervised.ts.
// A job is forgotten when it is settled; an answer that comes later finds nothing and is dropped.
import { RouterError } from '../errors.ts'

export interface Job {
  readonly id: number
  readonly text: string
  readonly deadlineAt: number
  /** How often it was given to a process. */
  attempts: number
}

export interface AddOptions {
  deadlineMs: number
  signal: AbortSignal | undefined
}

export interface Jobs {
  /** Jobs that no process has yet. */
  readonly waiting: number
  add(text: string, options: AddOptions): Promise<Float32Array>
  /** Takes the oldest waiting job. */
  take(): Job | undefined
  get(id: number): Job | undefined
  /** Puts a taken job back before all others. */
  putBack(id: number): void
  /** Settle a job; an unknown id, one that was settled before, is ignored and gives false. */
  resolve(id: number, vector: Float32Array): boolean
  reject(id: number, error: unknown): boolean
  /** Rejects all waiting jobs that the predicate picks. */
  rejectWaiting(error: () => RouterError, isPicked: (job: Job) => boolean): void
}

export interface JobsOptions {
  now: () => number
  /** Called for each job that missed its deadline. */
  onTimeout: () => void
}

interface Entry extends Job {
  resolve: (vector: Float32Array) => void
  reject: (error: unknown) => void
  stopWatching: () => void
}

/** An empty set of jobs. */
export const createJobs = ({ now, onTimeout }: JobsOptions): Jobs => {
  const open = new Map<number, Entry>()
  let queue: number[] = []
  let lastId = 0

  const remove = (id: number): Entry | undefined => {
    const entry = open.get(id)
    if (!entry) return undefined
    entry.stopWatching()
    open.delete(id)
    queue = queue.filter((waiting) => waiting !== id)
    return entry
  }
  const reject = (id: number, error: unknown): boolean => {
    const entry = remove(id)
    entry?.reject(error)
    return entry !== undefined
  }
  const watch = (id: number, { deadlineMs, signal }: AddOptions): (() => void) => {
    const timer = setTimeout(() => {
      onTimeout()
      const message = `The encoder gave no vector within ${deadlineMs} ms.`
      reject(id, new RouterError('encoder_timeout', message, { details: { deadlineMs } }))
    }, deadlineMs)
    const abort = () => reject(id, signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    return () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  }

  return {
    get waiting() {
      return queue.length
    },
    add: (text, options) =>
      new Promise((resolve, rejectJob) => {
        const id = ++lastId
        const deadlineAt = now() + options.deadlineMs
        const stopWatching = watch(id, options)
        open.set(id, {
          id,
          text,
          deadlineAt,
          attempts: 0,
          resolve,
          reject: rejectJob,
          stopWatching,
        })
        queue.push(id)
      }),
    take: () => {
      const id = queue.shift()
      return id === undefined ? undefined : open.get(id)
    },
    get: (id) => open.get(id),
    putBack: (id) => {
      if (open.has(id)) queue.unshift(id)
    },
    resolve: (id, vector) => {
      const entry = remove(id)
      entry?.resolve(vector)
      return entry !== undefined
    },
    reject,
    rejectWaiting: (error, isPicked) => {
      for (const id of [...queue]) {
        const job = open.get(id)
        if (job && isPicked(job)) reject(id, error())
      }
    },
  }
}
