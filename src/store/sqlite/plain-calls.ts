// The main thread's part of the plain operations: waits for queued writes as declared, calls the worker, and records the outcome of a
// write.
import {
  type Before,
  PLAIN_OPERATIONS,
  type PlainMethod,
  type PlainOperations,
} from './plain-operations.ts'
import type { WorkerClient } from './worker-client.ts'

export interface StoreCalls {
  client: WorkerClient
  /** Resolves when everything queued so far is committed. */
  flush: () => Promise<void>
  /** Updates `stats().lastError`. */
  noted: <T>(write: Promise<T>) => Promise<T>
}

export const createPlainCalls = ({
  client,
  flush,
  noted,
}: StoreCalls): PlainOperations<'async'> => {
  const writeQueued: Record<Before, (() => Promise<void>) | null> = {
    nothing: null,
    tries: () => flush().catch(() => {}),
    flushes: flush,
  }
  const toCall = (method: PlainMethod) => {
    const { before, isWrite } = PLAIN_OPERATIONS[method]
    return async (argument: never = null as never): Promise<unknown> => {
      await writeQueued[before]?.()
      const answer = client.call(method, argument)
      return isWrite ? noted(answer) : answer
    }
  }
  const methods = Object.keys(PLAIN_OPERATIONS) as PlainMethod[]
  // The table declares each method's argument and result, which the type of a list of pairs cannot express.
  return Object.fromEntries(
    methods.map((method) => [method, toCall(method)]),
  ) as unknown as PlainOperations<'async'>
}
