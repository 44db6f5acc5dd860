// One worker thread and the calls under way in it. Its end, however it came, fails those calls: nobody knows whether
// they were committed.
import { type Transferable, Worker } from 'node:worker_threads'
import type { Logger } from '../../core/logger.ts'
import { RouterError } from '../../errors.ts'
import { createDeferred, type Deferred } from '../../jobs/deferred.ts'
import type { MigrationStep } from './migrate.ts'
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

/** Rows live until they are written; V8's own 48 MB would fill with what is garbage already, and stay filled. */
const YOUNG_MB = 6

const startWorker = ({ entry, options: workerData }: WorkerThreadOptions): Worker => {
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB }
  return new Worker(entry, { workerData, execArgv: [], resourceLimits })
}

export const startWorkerThread = (options: WorkerThreadOptions): WorkerThread => {
  const worker = startWorker(options)
  const calls = createCalls()
  const opening = createDeferred<{ movedAside: string | null }>()

  worker.on('message', (reply: Reply) => {
    if (reply.kind === 'migrating') return noteMigration(options.logger, reply.step)
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
    opened: opening.promise,
    exited,
    call: async <M extends Method>(
      method: M,
      argument: Argument<M>,
      transfer: readonly Transferable[],
    ) => {
      await opening.promise
      const answer = createDeferred<Result<M>>()
      // The reply to a request of method M is M's result; the map of all calls can't say so.
      calls.add(answer as Deferred<Result<Method>>, (seq) =>
        worker.postMessage({ seq, method, argument }, transfer),
      )
      return answer.promise
    },
  }
}

const noteMigration = (logger: Logger, { tag, number, of }: MigrationStep): void =>
  logger.info(
    { migration: tag, number, of },
    'updating the database to this version: the server answers afterwards, for a million decisions in a minute or so',
  )

/** Calls that wait for their reply, by number. */
const createCalls = () => {
  const waiting = new Map<number, Deferred<Result<Method>>>()
  let next = 0
  let hasEnded = false
  return {
    /** `send` is given the call's number, unless the thread has ended; then the call fails. */
    add: (answer: Deferred<Result<Method>>, send: (seq: number) => void): void => {
      if (hasEnded) {
        answer.reject(threadEnded())
        return
      }
      const seq = next++
      send(seq)
      waiting.set(seq, answer)
    },
    settle: (reply: Extract<Reply, { seq: number }>): void => {
      const answer = waiting.get(reply.seq)
      waiting.delete(reply.seq)
      if (reply.kind === 'result') answer?.resolve(reply.value)
      else answer?.reject(fromWireError(reply.error))
    },
    end: (): void => {
      hasEnded = true
      for (const answer of waiting.values()) answer.reject(threadEnded())
      waiting.clear()
    },
  }
}

const threadEnded = (): RouterError =>
  new RouterError('store_unavailable', 'The database thread ended before it answered.')
