// Batch scoring in worker threads of the replay's process, so that both cores work while the next rows are read.
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type {
  BatchRouterOptions,
  BatchRows,
  BatchScores,
} from '../../core/classifier/score-batch.ts'
import { entryPoint } from '../../jobs/entry-point.ts'

export interface ScorePool {
  /** Takes `rows.vectors` over: the caller must not use it again. Rejects where the thread died. */
  score(rows: BatchRows): Promise<BatchScores>
  close(): Promise<void>
}

interface Pending {
  resolve: (scores: BatchScores) => void
  reject: (error: Error) => void
}

/** More would only take the cores from whoever serves. */
const MOST_THREADS = 2

const startThread = (options: BatchRouterOptions) => {
  const worker = new Worker(entryPoint(import.meta.url, './score-worker.js'), {
    workerData: options,
  })
  /** Answers come in the order of the questions. */
  const pending: Pending[] = []
  let failure: Error | null = null
  worker.on('message', (scores: BatchScores) => pending.shift()?.resolve(scores))
  worker.on('error', (error) => {
    failure = error
    for (const { reject } of pending.splice(0)) reject(error)
  })
  return {
    waiting: () => pending.length,
    score: (rows: BatchRows) =>
      new Promise<BatchScores>((resolve, reject) => {
        if (failure) return reject(failure)
        pending.push({ resolve, reject })
        worker.postMessage(rows, [rows.vectors.buffer as ArrayBuffer])
      }),
    close: () => worker.terminate(),
  }
}

export const createScorePool = (
  options: BatchRouterOptions,
  threads = Math.min(MOST_THREADS, availableParallelism()),
): ScorePool => {
  // Only what scoring needs: what a generation holds besides would be copied into every thread.
  const { model, exemplars, vectors, searchDimensions, neighbours } = options
  const bare = exemplars.map(({ id, route }) => ({ id, route }))
  const needed = { model, exemplars: bare, vectors, searchDimensions, neighbours }
  const pool = Array.from({ length: threads }, () => startThread(needed))
  return {
    score: (rows) => {
      const idlest = pool.reduce((a, b) => (b.waiting() < a.waiting() ? b : a))
      return idlest.score(rows)
    },
    close: async () => {
      await Promise.all(pool.map(({ close }) => close()))
    },
  }
}
