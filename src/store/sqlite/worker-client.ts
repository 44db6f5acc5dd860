// Keeps one worker thread running: a thread that dies is started again, at once the first time, then after growing pauses.
import type { Transferable } from 'node:worker_threads'
import type { Logger } from '../../core/logger.ts'
import { RouterError } from '../../errors.ts'
import type { Argument, Method, Result } from './rpc.ts'
import type { WorkerThread } from './worker-thread.ts'

export interface WorkerClient {
  /** Where the first opening moved a damaged file. */
  movedAside: string | null
  /** @throws RouterError of the engine; `store_unavailable` while there is no thread or when it ends */
  call<M extends Method>(
    method: M,
    argument: Argument<M>,
    transfer?: readonly Transferable[],
  ): Promise<Result<M>>
  /** Closes the database; resolves when the thread has ended. */
  close(): Promise<void>
}

export interface WorkerClientOptions {
  start: () => WorkerThread
  logger: Logger
}

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000

/** Pause after the n-th failure in a row, n from 0. */
export const backoffMs = (failureCount: number): number =>
  Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failureCount, 10), LONGEST_PAUSE_MS)

/** Resolves when the database is open. @throws RouterError `store_unavailable` where it can't be opened */
export const startWorkerClient = async (options: WorkerClientOptions): Promise<WorkerClient> => {
  const kept = createKeptThread(options)
  const { movedAside } = await kept.current().opened
  kept.keep()
  let isClosing = false
  return {
    movedAside,
    call: async (method, argument, transfer = []) => {
      if (isClosing) throw new RouterError('store_unavailable', 'The store is closed.')
      const result = await kept.current().call(method, argument, transfer)
      kept.noteAnswer()
      return result
    },
    close: async () => {
      isClosing = true
      kept.stopKeeping()
      try {
        await kept.current().call('close', null, [])
      } finally {
        await kept.current().exited
      }
    },
  }
}

/** A thread that is started again when it ends, between `keep` and `stopKeeping`. */
const createKeptThread = ({ start, logger }: WorkerClientOptions) => {
  let current = start()
  let isKept = false
  // Deaths since the last answer.
  let deathCount = 0
  let respawnTimer: NodeJS.Timeout | undefined

  const respawn = (): void => {
    current = start()
    current.opened.then(
      () => logger.info({}, 'the database thread runs again'),
      (error: RouterError) => logger.error({ code: error.code, ...error.details }, error.message),
    )
    watch(current)
  }
  const watch = (thread: WorkerThread): void => {
    void thread.exited.then(() => {
      if (!isKept) return
      deathCount++
      logger.error({ deathCount }, 'the database thread ended and is started again')
      if (deathCount === 1) respawn()
      else respawnTimer = setTimeout(respawn, backoffMs(deathCount - 2))
    })
  }
  return {
    current: (): WorkerThread => current,
    keep: (): void => {
      isKept = true
      watch(current)
    },
    noteAnswer: (): void => {
      deathCount = 0
    },
    stopKeeping: (): void => {
      isKept = false
      clearTimeout(respawnTimer)
    },
  }
}
