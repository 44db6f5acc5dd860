// A server of the bench as a process: started on a free port, waited for until it answers, read for its processor time.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export interface Spawned {
  readonly url: string
  /** Milliseconds of processor time so far, threads included, child processes not; null where there is no /proc. */
  cpuMs(): Promise<number | null>
  stop(): Promise<void>
}

export interface SpawnOptions {
  /** Arguments of node; given the port. */
  args: (port: number) => string[]
  cwd: string
  env: NodeJS.ProcessEnv
  /** Path that answers 200 once it serves; absent where accepting a connection is enough. */
  readyPath?: string
  readyTimeoutMs?: number
}

const PAUSE_MS = 100
/** USER_HZ, which Linux fixes for /proc. */
const TICKS_PER_SECOND = 100

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('there is no free port')
  return address.port
}

const isServing = async (url: string, readyPath: string | undefined): Promise<boolean> => {
  try {
    const response = await fetch(url + (readyPath ?? '/'), { method: readyPath ? 'GET' : 'POST' })
    await response.body?.cancel()
    return readyPath === undefined || response.status === 200
  } catch {
    return false // refused: not listening yet
  }
}

const waitUntilServing = async (
  child: ChildProcess,
  {
    url,
    readyPath,
    readyTimeoutMs = 60_000,
  }: Pick<SpawnOptions, 'readyPath' | 'readyTimeoutMs'> & {
    url: string
  },
): Promise<void> => {
  const deadlineMs = performance.now() + readyTimeoutMs
  while (!(await isServing(url, readyPath))) {
    if (child.exitCode !== null) throw new Error(`the process ended with code ${child.exitCode}`)
    if (performance.now() > deadlineMs) throw new Error(`nothing serves at ${url}`)
    await pause(PAUSE_MS)
  }
}

/** `utime` and `stime` of /proc/PID/stat; the command before them may hold spaces and brackets. */
const cpuMsOf = (stat: string): number => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND
}

/** @throws where the process ends, or does not serve in time */
export const startSpawned = async (options: SpawnOptions): Promise<Spawned> => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, options.args(port), {
    cwd: options.cwd,
    env: { ...process.env, ...options.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const closed = once(child, 'close')
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await closed
  }
  try {
    await waitUntilServing(child, { ...options, url })
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url,
    stop,
    cpuMs: async () => {
      if (process.platform !== 'linux') return null
      return cpuMsOf(await readFile(`/proc/${child.pid}/stat`, 'utf8'))
    },
  }
}

/** The first start embeds the training data. */
const OUR_TIMEOUT_MS = 600_000

/** This project's server in `folder`, which has a signalbox.yaml; resolves when it routes. */
export const startSignalbox = (
  folder: string,
  { dist, env = {} }: { dist: string; env?: NodeJS.ProcessEnv },
): Promise<Spawned> =>
  startSpawned({
    args: () => [join(dist, 'src/main.js')],
    cwd: folder,
    env: { SIGNALBOX_DATA: join(folder, 'data'), SIGNALBOX_CONFIG: '', ...env },
    readyPath: '/readyz',
    readyTimeoutMs: OUR_TIMEOUT_MS,
  })
