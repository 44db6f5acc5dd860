// The process of a job: imports the module named by its only argument, takes one job, does it, says what came of it, and exits.
import { Worker } from 'node:worker_threads'
import { toRouterError } from '../errors.ts'
import { entryPoint } from './entry-point.ts'
import type { JobMessage, JobWork } from './run-job.ts'

/** Resolves when the message is handed to the operating system. */
const tell = (message: JobMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve()))
  })

const run = async (work: JobWork<unknown, unknown>, job: unknown): Promise<void> => {
  try {
    const result = await work(job, ({ stage, done, total }) => {
      void tell({ kind: 'progress', stage, done, total })
    })
    await tell({ kind: 'done', result })
  } catch (error) {
    const { code, message, cause } = toRouterError(error)
    const detail = code === 'internal' && cause instanceof Error ? ` (${cause.message})` : ''
    await tell({ kind: 'failed', code, message: message + detail })
  }
  process.exit(0)
}

// The watch lives in a thread, so that it sees the parent's end even while the job blocks.
new Worker(entryPoint(import.meta.url, './parent-watch.js')).unref()

// Listened for before the import, which takes longer than the message.
const job = new Promise<unknown>((resolve) => process.once('message', resolve))
const { work } = (await import(process.argv[2] as string)) as { work: JobWork<unknown, unknown> }
await run(work, await job)
