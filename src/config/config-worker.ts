// The worker thread of config-work.ts: one job, one reply.
import { parentPort, workerData } from 'node:worker_threads'
import { type ConfigJob, doConfigJob } from './config-work.ts'

parentPort?.postMessage(doConfigJob(workerData as ConfigJob))
