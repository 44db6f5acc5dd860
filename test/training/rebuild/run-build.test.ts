import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { entryPoint } from '../../../src/jobs/entry-point.ts'
import type { BuildJob } from '../../../src/training/rebuild/build-job.ts'
import { runBuild } from '../../../src/training/rebuild/run-build.ts'

const moduleUrl = new URL('../../../src/training/rebuild/run-build.ts', import.meta.url).href
const dyingBuild = new URL('../children/dying-build.mjs', import.meta.url)
const endlessBuild = new URL('../children/endless-build.mjs', import.meta.url)
const watchUrl = new URL('../../../src/jobs/child-job.ts', import.meta.url).href
process.env.SIGNALBOX_TEST_PARENT_WATCH = entryPoint(watchUrl, './parent-watch.js').href

const anyJob = {} as BuildJob

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

describe('the build process', () => {
  it('is reported with its signal when it dies', async () => {
    await expect(runBuild(anyJob, { entry: dyingBuild })).rejects.toMatchObject({
      code: 'internal',
      isRetryable: true,
      details: { signal: 'SIGSEGV' },
    })
  })

  it('is reported with what it wrote when it cannot start', async () => {
    const missing = new URL('./children/missing.mjs', import.meta.url)
    await expect(runBuild(anyJob, { entry: missing })).rejects.toMatchObject({
      code: 'internal',
      details: { code: 1, stderr: expect.stringContaining('MODULE_NOT_FOUND') },
    })
  })

  it('is killed by the abort signal even while it is busy', async () => {
    const abort = new AbortController()
    let pid = 0
    const build = runBuild(anyJob, {
      entry: endlessBuild,
      signal: abort.signal,
      onProgress: (_, childPid) => {
        pid = childPid
        abort.abort(new Error('enough'))
      },
    })
    await expect(build).rejects.toThrow('enough')
    await ended(pid)
  })

  it('ends with its parent even while it is busy', async () => {
    const builder = new URL('../children/builder.mjs', import.meta.url).pathname
    const runBuildUrl = entryPoint(moduleUrl, './run-build.js').href
    const parent = spawn(process.execPath, [builder, runBuildUrl, endlessBuild.href], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(line.toString())
    expect(isRunning(pid)).toBe(true)
    parent.kill('SIGKILL')
    await ended(pid)
  })
})
