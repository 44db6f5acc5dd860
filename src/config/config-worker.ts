// The worker thread of config-work.ts: a reply to each job.
import { parentPort } from 'node:worker_threads'
import { type ConfigJob, doConfigJob } from './config-work.ts'

parentPort?.on('message', (job: ConfigJob) => parentPort?.postMessage(doConfigJob(job)))
