// Keeps one worker thread running: a thread that dies is started again, at once the first time, then after growing pauses.
import type { Transferable } from 'node:worker_threads'
import { RouterError } from '../../errors.ts'
import type { Argument, Method, Result } from './rpc.ts'
import { startWorkerThread, type WorkerThread, type WorkerThreadOptions } from './worker-thread.ts'

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

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000

/** Pause after the n-th failure in a row, n from 0. */
export const backoffMs = (failureCount: number): number =>
  Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failureCount, 10), LONGEST_PAUSE_MS)

/** Resolves when the database is open. @throws RouterError `store_unavailable` where it can't be opened */
export const startWorkerClient = async (options: WorkerThreadOptions): Promise<WorkerClient> => {
  let isClosing = false
  // Deaths since the last answer.
  let deathCount = 0
  let respawnTimer: NodeJS.Timeout | undefined

  const respawn = (): void => {
    current = startWorkerThread(options)
    current.opened.then(
      () => options.logger.info({}, 'the database thread runs again'),
      (error: RouterError) =>
        options.logger.error({ code: error.code, ...error.details }, error.message),
    )
    watch(current)
  }
  const watch = (thread: WorkerThread): void => {
    void thread.exited.then(() => {
      if (isClosing) return
      deathCount++
      options.logger.error({ deathCount }, 'the database thread ended and is started again')
      if (deathCount === 1) respawn()
      else respawnTimer = setTimeout(respawn, backoffMs(deathCount - 2))
    })
  }

  let current = startWorkerThread(options)
  const { movedAside } = await current.opened
  watch(current)

  return {
    movedAside,
    call: async (method, argument, transfer = []) => {
      if (isClosing) throw new RouterError('store_unavailable', 'The store is closed.')
      const result = await current.call(method, argument, transfer)
      deathCount = 0
      return result
    },
    close: async () => {
      isClosing = true
      clearTimeout(respawnTimer)
      try {
        await current.call('close', null, [])
      } finally {
        await current.exited
      }
    },
  }
}
