// Explains decisions beside a running server, in one child process at a time; requests that come meanwhile are batched for the next.

import { RouterError, toRouterError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { runExplain } from './explain-job.ts'
import type { Receipt } from './receipt.ts'

export interface Explainer {
  /** @throws RouterError `decision_not_found`, `store_unavailable`, `internal` where the process died */
  explain(id: string): Promise<Receipt>
  /** Ends a running process; its callers get an error. */
  close(): Promise<void>
}

export interface ExplainerOptions {
  databaseFile: string
  indexDir: string
  /** Flushed before the process reads. */
  store: Pick<Store, 'flush'>
}

interface Waiting {
  id: string
  resolve: (receipt: Receipt) => void
  reject: (error: RouterError) => void
}

/** Most decisions per process. */
const MOST_AT_ONCE = 64

const draining = (): RouterError => new RouterError('shutting_down', 'The server is draining.')

/** Explains a batch in one process, and answers each request. */
const answer = async (
  { databaseFile, indexDir, store }: ExplainerOptions,
  asked: readonly Waiting[],
  signal: AbortSignal,
): Promise<void> => {
  try {
    // Committed decisions can still be explained while writes fail.
    await store.flush().catch(() => undefined)
    const ids = asked.map(({ id }) => id)
    const receipts = await runExplain({ ids, databaseFile, indexDir }, { signal })
    for (const [i, { resolve, reject }] of asked.entries()) {
      const receipt = receipts[i]
      if (receipt) resolve(receipt)
      else reject(new RouterError('decision_not_found', 'No stored decision has this id.'))
    }
  } catch (error) {
    const cause = signal.aborted ? draining() : toRouterError(error)
    for (const { reject } of asked) reject(cause)
  }
}

export const createExplainer = (options: ExplainerOptions): Explainer => {
  const ending = new AbortController()
  let waiting: Waiting[] = []
  let underWay: Promise<void> | null = null

  const work = async (): Promise<void> => {
    while (waiting.length > 0) {
      await answer(options, waiting.splice(0, MOST_AT_ONCE), ending.signal)
    }
    underWay = null
  }
  return {
    explain: (id) =>
      new Promise((resolve, reject) => {
        if (ending.signal.aborted) return reject(draining())
        waiting.push({ id, resolve, reject })
        underWay ??= work()
      }),
    close: async () => {
      const left = waiting
      waiting = []
      ending.abort(draining())
      for (const { reject } of left) reject(draining())
      await underWay
    },
  }
}
