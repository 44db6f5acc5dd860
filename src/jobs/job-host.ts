// The process of a job: imports the module named by its only argument, receives one job, runs it, sends the result, and exits.
import { Worker } from 'node:worker_threads'
import { toRouterError } from '../errors.ts'
import { entryPoint } from './entry-point.ts'
import type { JobMessage, JobWork } from './run-job.ts'

/** Sends a message; resolves when the operating system has it. */
const send = (message: JobMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve()))
  })

const run = async (work: JobWork<unknown, unknown>, job: unknown): Promise<void> => {
  try {
    const result = await work(job, ({ stage, done, total }) => {
      void send({ kind: 'progress', stage, done, total })
    })
    await send({ kind: 'done', result })
  } catch (error) {
    const { code, message, cause } = toRouterError(error)
    const detail = code === 'internal' && cause instanceof Error ? ` (${cause.message})` : ''
    await send({ kind: 'failed', code, message: message + detail })
  }
  process.exit(0)
}

// The watch runs in a thread, so that it notices the end of the parent even while the job blocks.
new Worker(entryPoint(import.meta.url, './parent-watch.js')).unref()

// Registered before the import, which takes longer than the message.
const job = new Promise<unknown>((resolve) => process.once('message', resolve))
const { work } = (await import(process.argv[2] as string)) as { work: JobWork<unknown, unknown> }
await run(work, await job)
