// Explaining beside a server: in a process of its own, one at a time. Whoever asks meanwhile is answered together by the next.

import { RouterError, toRouterError } from '../errors.ts'
import type { Store } from '../store/store.ts'
import { runExplain } from './explain-job.ts'
import type { Receipt } from './receipt.ts'

export interface Explainer {
  /** @throws RouterError `decision_not_found`, `store_unavailable`, `internal` where the process died */
  explain(id: string): Promise<Receipt>
  /** Ends the process under way; its callers are told so. */
  close(): Promise<void>
}

export interface ExplainerOptions {
  databaseFile: string
  indexDir: string
  /** What is queued is written before the process reads. */
  store: Pick<Store, 'flush'>
}

interface Waiting {
  id: string
  resolve: (receipt: Receipt) => void
  reject: (error: RouterError) => void
}

/** Most decisions of one process. */
const MOST_AT_ONCE = 64

export const createExplainer = (options: ExplainerOptions): Explainer => {
  const { databaseFile, indexDir, store } = options
  const ending = new AbortController()
  const closed = () => new RouterError('shutting_down', 'The server is draining.')
  let waiting: Waiting[] = []
  let underWay: Promise<void> | null = null

  const explainAll = async (ids: string[]): Promise<(Receipt | null)[]> => {
    // While writes fail, what is committed can still be explained.
    await store.flush().catch(() => undefined)
    return runExplain({ ids, databaseFile, indexDir }, { signal: ending.signal })
  }

  const answer = async (asked: readonly Waiting[]): Promise<void> => {
    try {
      const receipts = await explainAll(asked.map(({ id }) => id))
      for (const [i, { resolve, reject }] of asked.entries()) {
        const receipt = receipts[i]
        if (receipt) resolve(receipt)
        else reject(new RouterError('decision_not_found', 'No stored decision has this id.'))
      }
    } catch (error) {
      const cause = ending.signal.aborted ? closed() : toRouterError(error)
      for (const { reject } of asked) reject(cause)
    }
  }

  const work = async (): Promise<void> => {
    while (waiting.length > 0) await answer(waiting.splice(0, MOST_AT_ONCE))
    underWay = null
  }

  return {
    explain: (id) =>
      new Promise((resolve, reject) => {
        if (ending.signal.aborted) return reject(closed())
        waiting.push({ id, resolve, reject })
        underWay ??= work()
      }),
    close: async () => {
      const left = waiting
      waiting = []
      ending.abort(closed())
      for (const { reject } of left) reject(closed())
      await underWay
    },
  }
}
