import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { getPriority } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { entryPoint } from '../../src/jobs/entry-point.ts'
import { createJob } from '../../src/jobs/run-job.ts'

const moduleUrl = new URL('../../src/jobs/run-job.ts', import.meta.url).href
const jobModule = (file: string): URL => new URL(`./children/${file}`, import.meta.url)
const jobOf = <J = object, R = unknown>(file: string) =>
  createJob<J, R>({ name: 'test', module: jobModule(file) })

const add = jobOf<{ numbers: number[]; fail?: 'known' | 'unknown' }, { sums: Float32Array }>(
  'adding-job.mjs',
)

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const ended = async (pid: number): Promise<void> => {
  while (isRunning(pid)) await setImmediate()
}

describe('a job', () => {
  it('answers with values and typed arrays, and tells in order how far it is', async () => {
    const told: number[] = []
    const options = { onProgress: ({ done }: { done: number }) => void told.push(done) }
    expect(await add({ numbers: [1, 2, 4] }, options)).toEqual({ sums: Float32Array.of(7) })
    expect(told).toEqual([1, 2, 3])
  })

  it('fails with the code and message of its error', async () => {
    await expect(add({ numbers: [], fail: 'known' })).rejects.toMatchObject({
      code: 'invalid_exemplar',
      message: 'The third is bad.',
    })
    await expect(add({ numbers: [], fail: 'unknown' })).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('no such thing'),
    })
  })
})

describe('the process of a job', () => {
  it('gives way to the one that serves where its work says so, and is never raised again', async () => {
    const nicenesses = jobOf<{ wanted: number[] }, number[]>('nice-job.mjs')
    const own = getPriority()
    const lower = Math.max(own, 12)
    expect(await nicenesses({ wanted: [12, 3] })).toEqual([lower, lower])
  })

  it('is reported with its signal when it dies', async () => {
    await expect(jobOf('dying-job.mjs')({})).rejects.toMatchObject({
      code: 'internal',
      isRetryable: true,
      details: { signal: 'SIGSEGV' },
    })
  })

  it('is reported with what it wrote when it cannot start', async () => {
    await expect(jobOf('missing.mjs')({})).rejects.toMatchObject({
      code: 'internal',
      details: { code: 1, stderr: expect.stringContaining('MODULE_NOT_FOUND') },
    })
  })

  it('is killed by the abort signal even while it is busy', async () => {
    const abort = new AbortController()
    let pid = 0
    const running = jobOf('endless-job.mjs')(
      {},
      {
        signal: abort.signal,
        onProgress: ({ done }) => {
          pid = done
          abort.abort(new Error('enough'))
        },
      },
    )
    await expect(running).rejects.toThrow('enough')
    await ended(pid)
  })

  it('ends with its parent even while it is busy', async () => {
    const program = jobModule('parent.mjs').pathname
    const runJobUrl = entryPoint(moduleUrl, './run-job.js').href
    const parent = spawn(
      process.execPath,
      [program, runJobUrl, jobModule('endless-job.mjs').href],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(line.toString())
    expect(isRunning(pid)).toBe(true)
    parent.kill('SIGKILL')
    await ended(pid)
  })
})
