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
  const calls = new Map<number, Waiter<Result<Method>>>()
  let seq = 0
  let hasExited = false
  let opening: Waiter<{ movedAside: string | null }> | null = null
  const opened = new Promise<{ movedAside: string | null }>((resolve, reject) => {
    opening = { resolve, reject }
  })

  worker.on('message', (reply: Reply) => {
    if (reply.kind === 'opened') return opening?.resolve({ movedAside: reply.movedAside })
    if (reply.kind === 'open_failed') return opening?.reject(fromWireError(reply.error))
    const call = calls.get(reply.seq)
    calls.delete(reply.seq)
    if (reply.kind === 'result') call?.resolve(reply.value)
    else call?.reject(fromWireError(reply.error))
  })
  worker.on('error', (error) => {
    options.logger.error({ error: error.name }, 'the database thread crashed')
  })
  const exited = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      hasExited = true
      opening?.reject(threadEnded())
      for (const call of calls.values()) call.reject(threadEnded())
      calls.clear()
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
      return new Promise<Result<M>>((resolve, reject) => {
        if (hasExited) return reject(threadEnded())
        const at = seq++
        worker.postMessage({ seq: at, method, argument }, transfer)
        // The reply to a request of method M is M's result; the map of all calls can't say so.
        calls.set(at, { resolve: resolve as Waiter<Result<Method>>['resolve'], reject })
      })
    },
  }
}

const threadEnded = (): RouterError =>
  new RouterError('store_unavailable', 'The database thread ended before it answered.')
