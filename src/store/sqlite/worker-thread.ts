// One worker thread and the calls under way in it. Its end, however it came, fails those calls: nobody knows whether
// they were committed.
import { type Transferable, Worker } from 'node:worker_threads'
import type { Logger } from '../../core/logger.ts'
import { RouterError } from '../../errors.ts'
import {
  type Argument,
  fromWireError,
  type Method,
  type Reply,
  type Result,
  type WorkerOptions,
} from './rpc.ts'

export interface WorkerThread {
  /** Resolves when the database is open; rejects with what opening threw, or where the thread ended before. */
  opened: Promise<{ movedAside: string | null }>
  exited: Promise<void>
  /** Waits for `opened`. @throws RouterError of the engine, or `store_unavailable` where the thread ended */
  call<M extends Method>(
    method: M,
    argument: Argument<M>,
    transfer: readonly Transferable[],
  ): Promise<Result<M>>
}

export interface WorkerThreadOptions {
  entry: URL
  options: WorkerOptions
  logger: Logger
}

interface Waiter<T> {
  resolve: (value: T) => void
  reject: (error: RouterError) => void
}

export const startWorkerThread = (options: WorkerThreadOptions): WorkerThread => {
  const worker = new Worker(options.entry, { workerData: options.options, execArgv: [] })
  const calls = createCalls()
  const { promise: opened, ...opening } = deferred<{ movedAside: string | null }>()

  worker.on('message', (reply: Reply) => {
    if (reply.kind === 'opened') return opening.resolve({ movedAside: reply.movedAside })
    if (reply.kind === 'open_failed') return opening.reject(fromWireError(reply.error))
    calls.settle(reply)
  })
  worker.on('error', (error) => {
    options.logger.error({ error: error.name }, 'the database thread crashed')
  })
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      opening.reject(threadEnded())
      calls.end()
      resolve()
    })
  })

  return {
    opened,
    exited,
    call: async <M extends Method>(
      method: M,
      argument: Argument<M>,
      transfer: readonly Transferable[],
    ) => {
      await opened
      const { promise, ...waiter } = deferred<Result<M>>()
      // The reply to a request of method M is M's result; the map of all calls can't say so.
      const seq = calls.add(waiter as Waiter<Result<Method>>)
      if (seq !== null) worker.postMessage({ seq, method, argument }, transfer)
      return promise
    },
  }
}

const deferred = <T>(): { promise: Promise<T> } & Waiter<T> => {
  let waiter: Waiter<T> | null = null
  const promise = new Promise<T>((resolve, reject) => {
    waiter = { resolve, reject }
  })
  return { promise, ...(waiter as unknown as Waiter<T>) }
}

/** Calls that wait for their reply, by number. */
const createCalls = () => {
  const waiting = new Map<number, Waiter<Result<Method>>>()
  let next = 0
  let hasEnded = false
  return {
    /** The number to send with the call; null where the thread has ended, and the call has failed. */
    add: (waiter: Waiter<Result<Method>>): number | null => {
      if (hasEnded) {
        waiter.reject(threadEnded())
        return null
      }
      waiting.set(next, waiter)
      return next++
    },
    settle: (reply: Extract<Reply, { seq: number }>): void => {
      const waiter = waiting.get(reply.seq)
      waiting.delete(reply.seq)
      if (reply.kind === 'result') waiter?.resolve(reply.value)
      else waiter?.reject(fromWireError(reply.error))
    },
    end: (): void => {
      hasEnded = true
      for (const waiter of waiting.values()) waiter.reject(threadEnded())
      waiting.clear()
    },
  }
}

const threadEnded = (): RouterError =>
  new RouterError('store_unavailable', 'The database thread ended before it answered.')
