// Worker thread of fit-in-threads.ts: scores the folds that it is given, and ends.
import { parentPort, workerData } from 'node:worker_threads'
import { scoreFold } from '../../core/classifier/out-of-fold.ts'
import type { FoldJob } from './fit-in-threads.ts'

const { plan, folds } = workerData as FoldJob

parentPort?.postMessage(folds.map((f) => scoreFold(plan, f)))
