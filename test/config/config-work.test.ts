// The thread that reads and edits configurations: how long it lives, and what becomes of its jobs.
import { Worker } from 'node:worker_threads'
import { describe, expect, it, vi } from 'vitest'
import { type ConfigJob, createConfigThread } from '../../src/config/config-work.ts'

const jobOf = (source: string): ConfigJob => ({
  kind: 'read',
  source,
  where: source,
  path: null,
  env: {},
})

/** A worker that answers each job with its text and the number of the job; `die` ends it instead. */
const CODE = `
const { parentPort } = require('node:worker_threads')
let n = 0
parentPort.on('message', ({ source }) => {
  if (source === 'die') process.exit(1)
  parentPort.postMessage({ kind: 'done', result: source + ' ' + ++n })
})`

const createCounted = (idleMs: number) => {
  const workers: Worker[] = []
  const run = createConfigThread({
    idleMs,
    start: () => {
      const worker = new Worker(CODE, { eval: true })
      workers.push(worker)
      return worker
    },
  })
  return { workers, run }
}

describe('the config thread', () => {
  it('is one for jobs that follow each other, each with its own answer', async () => {
    const { workers, run } = createCounted(60_000)
    const answers = await Promise.all(['a', 'b', 'c'].map((source) => run(jobOf(source))))
    expect(answers).toEqual(['a 1', 'b 2', 'c 3'])
    expect(workers).toHaveLength(1)
    await workers[0]?.terminate()
  })

  it('ends when no job comes, and another serves the next', async () => {
    const { workers, run } = createCounted(1)
    await run(jobOf('a'))
    await vi.waitFor(() => expect(workers[0]?.threadId).toBe(-1))
    expect(await run(jobOf('b'))).toBe('b 1')
    expect(workers).toHaveLength(2)
  })

  it('that dies fails its job alone', async () => {
    const { workers, run } = createCounted(60_000)
    const answers = await Promise.allSettled(['a', 'die', 'b'].map((source) => run(jobOf(source))))
    expect(answers).toMatchObject([
      { value: 'a 1' },
      { reason: { message: 'The config thread ended.' } },
      { value: 'b 1' },
    ])
    await workers[1]?.terminate()
  })
})
