// What takes long with a long configuration (parsing, checking, editing YAML: some 8 ms a kilobyte at first), as a job with
// plain values: a worker thread does it, so that a reload never holds the serving loop up.
import { Worker } from 'node:worker_threads'
import { type ErrorCode, RouterError, toRouterError } from '../errors.ts'
import { entryPoint } from '../jobs/entry-point.ts'
import { editedSource } from './edited-source.ts'
import { type LoadedConfig, readConfigText } from './load-config.ts'

export interface ReadJob {
  kind: 'read'
  source: string
  /** For messages. */
  where: string
  path: string | null
  env: { HOST?: string; PORT?: string }
}

export interface EditJob {
  kind: 'edit'
  /** Text that the file is to amount to. */
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

const run = async (job: ConfigJob): Promise<LoadedConfig | string> => {
  const worker = new Worker(entryPoint(import.meta.url, './config-worker.js'), { workerData: job })
  const reply = await new Promise<ConfigWorkReply>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new RouterError('internal', 'The config thread ended.')))
  })
  if (reply.kind === 'done') return reply.result
  const { code, message, param } = reply
  throw new RouterError(code, message, param ? { param } : {})
}

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
