// Parsing, checking and editing YAML in a worker thread (some 8 ms per kilobyte at first), so that a reload never blocks the serving
// event loop.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type ErrorCode, RouterError, toRouterError } from '../errors.ts'
import { entryPoint } from '../jobs/entry-point.ts'
import { createInTurn } from '../jobs/in-turn.ts'
import { editedSource } from './edited-source.ts'
import { type LoadedConfig, readConfigText } from './load-config.ts'

export interface ReadJob {
  kind: 'read'
  source: string
  /** Name of the source, for messages. */
  where: string
  path: string | null
  env: { HOST?: string; PORT?: string }
}

export interface EditJob {
  kind: 'edit'
  /** Text that the edited file must be equivalent to. */
  to: string
  now: LoadedConfig
}

export type ConfigJob = ReadJob | EditJob

export type ConfigWorkReply =
  | { kind: 'done'; result: LoadedConfig | string }
  | { kind: 'failed'; code: ErrorCode; message: string; param: string | null }

/** The worker's side. */
export const doConfigJob = (job: ConfigJob): ConfigWorkReply => {
  try {
    const result =
      job.kind === 'read' ? readConfigText(job.source, job) : editedSource(job.to, job.now)
    return { kind: 'done', result }
  } catch (error) {
    const { code, message, param } = toRouterError(error)
    return { kind: 'failed', code, message, param }
  }
}

/** Idle time before the thread ends: starting it takes 200 ms, and one change of the configuration makes two or three jobs. */
const IDLE_MS = 5_000

export interface ConfigThreadOptions {
  idleMs?: number
  start?: () => Worker
}

interface Thread {
  worker: Worker
  /** Rejects when the thread ends. */
  ended: Promise<never>
}

const watched = (worker: Worker): Thread => {
  const ended = new Promise<never>((_, reject) => {
    worker.on('error', reject)
    worker.on('exit', () => reject(new RouterError('internal', 'The config thread ended.')))
  })
  return { worker, ended }
}

const ask = async ({ worker, ended }: Thread, job: ConfigJob): Promise<ConfigWorkReply> => {
  const replied = once(worker, 'message') as Promise<[ConfigWorkReply]>
  worker.postMessage(job)
  const [reply] = await Promise.race([replied, ended])
  return reply
}

/** Runs one job after another on a thread, which ends after `idleMs` without a job. */
export const createConfigThread = (options: ConfigThreadOptions = {}) => {
  const {
    idleMs = IDLE_MS,
    start = () => new Worker(entryPoint(import.meta.url, './config-worker.js')),
  } = options
  const inTurn = createInTurn()
  let thread: Thread | null = null
  let idle: NodeJS.Timeout | undefined

  const open = (): Thread => {
    const opened = watched(start())
    opened.ended.catch(() => {
      if (thread === opened) thread = null
    })
    return opened
  }

  const end = (): void => {
    void thread?.worker.terminate()
    thread = null
  }

  return (job: ConfigJob): Promise<LoadedConfig | string> =>
    inTurn(async () => {
      clearTimeout(idle)
      thread ??= open()
      const { worker } = thread
      worker.ref()
      const reply = await ask(thread, job)
      worker.unref()
      idle = setTimeout(end, idleMs).unref()
      if (reply.kind === 'done') return reply.result
      const { code, message, param } = reply
      throw new RouterError(code, message, param ? { param } : {})
    })
}

const run = createConfigThread()

/** As `readConfigText`, off the loop. @throws RouterError `invalid_config` */
export const readConfigOffLoop = (
  source: string,
  options: { where: string; path: string | null; env: NodeJS.ProcessEnv },
): Promise<LoadedConfig> => {
  const { HOST, PORT } = options.env
  const env = { ...(HOST && { HOST }), ...(PORT && { PORT }) }
  return run({ kind: 'read', source, ...options, env }) as Promise<LoadedConfig>
}

/** As `editedSource`, off the loop. @throws RouterError `invalid_config` */
export const editSourceOffLoop = (to: string, now: LoadedConfig): Promise<string> =>
  run({ kind: 'edit', to, now }) as Promise<string>
