// The database in the thread of the test, in place of a worker thread, which takes a fifth of a second of processor time to load
// what it runs. What is asked and answered is copied as between threads.
import { openEngine } from '../../src/store/sqlite/engine.ts'
import { fromWireError, toWireError } from '../../src/store/sqlite/rpc.ts'
import { toStoreError } from '../../src/store/sqlite/sqlite-error.ts'
import type { WorkerThread, WorkerThreadOptions } from '../../src/store/sqlite/worker-thread.ts'
import { deferred } from '../support/deferred.ts'

/** As it arrives at the other end. */
const received = (error: unknown): Error =>
  fromWireError(structuredClone(toWireError(toStoreError(error))))

/** Does not tell of migrations. */
export const threadHere = ({ options }: WorkerThreadOptions): WorkerThread => {
  const exited = deferred<void>()
  const opened = (async () => openEngine(structuredClone(options)))().catch((error: unknown) => {
    exited.resolve()
    throw received(error)
  })
  opened.catch(() => {}) // whoever started it awaits `opened` as well
  return {
    opened,
    exited: exited.promise,
    call: async (method, argument, transfer) => {
      const { engine } = await opened
      const sent = structuredClone(argument, { transfer: [...transfer] })
      try {
        return structuredClone((engine[method] as (value: typeof sent) => never)(sent))
      } catch (error) {
        throw received(error)
      } finally {
        if (method === 'close') exited.resolve()
      }
    },
  }
}
