// Worker thread of a replay: scores slices of rows, one after the other. Two of them halve the time on two cores.
import { parentPort, workerData } from 'node:worker_threads'
import {
  type BatchRouterOptions,
  type BatchRows,
  createBatchRouter,
} from '../../core/classifier/score-batch.ts'

const router = createBatchRouter(workerData as BatchRouterOptions)

parentPort?.on('message', (rows: BatchRows) => {
  const scores = router.score(rows)
  const { probabilities, confidences, novelties, positions, similarities } = scores
  const arrays = [probabilities, confidences, novelties, positions, similarities]
  parentPort?.postMessage(
    scores,
    arrays.map(({ buffer }) => buffer as ArrayBuffer),
  )
})
