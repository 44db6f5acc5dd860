// Runs heavy work in a child process: fitting, replays and log searches block their thread for seconds, which must not affect serving. A
// job is a module that exports `work`; job-host.ts is the process around it.
import { type ChildProcess, fork } from 'node:child_process'
import { ERROR_CATALOGUE, type ErrorCode, RouterError } from '../errors.ts'
import { entryPoint } from './entry-point.ts'

const STDERR_KEPT = 2_000

export interface JobProgress<S extends string = string> {
  stage: S
  done: number
  total: number
}

export type TellProgress<S extends string = string> = (progress: JobProgress<S>) => void

/** The `work` of a job's module. Job and result are plain values and typed arrays, sent by structured clone. */
export type JobWork<J, R, S extends string = string> = (
  job: J,
  tellProgress: TellProgress<S>,
) => Promise<R>

/** Messages of the process. */
export type JobMessage =
  | ({ kind: 'progress' } & JobProgress)
  | { kind: 'done'; result: unknown }
  | { kind: 'failed'; code: string; message: string }

export interface JobOptions<S extends string = string> {
  onProgress?: TellProgress<S>
  /** Kills the process. */
  signal?: AbortSignal
}

/**
 * Runs the job in a child process, which ends with this one.
 * @throws RouterError of the job, `internal` (retryable) where the process died, or the signal's reason
 */
export type RunJob<J, R, S extends string = string> = (
  job: J,
  options?: JobOptions<S>,
) => Promise<R>

export interface JobModule {
  /** For the error message of a process that died: `rebuild`, `replay`. */
  name: string
  /** Compiled module that exports `work`: `entryPoint(import.meta.url, './x-job.js')`. */
  module: URL
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERROR_CATALOGUE, code)

const endedEarly = (
  name: string,
  end: { code: number | null; signal: string | null; stderr: string },
): RouterError =>
  new RouterError(
    'internal',
    `The ${name} process ended ${end.signal ? `by ${end.signal}` : `with code ${end.code}`} before it was done; the served index is untouched.`,
    { isRetryable: true, details: end },
  )

const startHost = (module: URL): { child: ChildProcess; stderr: () => string } => {
  const child = fork(entryPoint(import.meta.url, './job-host.js'), [module.href], {
    serialization: 'advanced',
    // stdin stays open and unused: parent-watch.ts sees by it that this process is gone.
    stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
  })
  let tail = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-STDERR_KEPT)
  })
  return { child, stderr: () => tail }
}

const resultOf = <R>(outcome: JobMessage | null, name: string): R => {
  if (outcome?.kind === 'done') return outcome.result as R
  const code = outcome?.kind === 'failed' && isErrorCode(outcome.code) ? outcome.code : 'internal'
  const message = outcome?.kind === 'failed' ? outcome.message : `The ${name} failed.`
  throw new RouterError(code, message)
}

export const createJob =
  <J, R, S extends string = string>({ name, module }: JobModule): RunJob<J, R, S> =>
  async (job, { onProgress, signal } = {}) => {
    signal?.throwIfAborted()
    const { child, stderr } = startHost(module)
    const kill = () => child.kill('SIGKILL')
    signal?.addEventListener('abort', kill, { once: true })
    let outcome: JobMessage | null = null
    try {
      await new Promise<void>((resolve, reject) => {
        child.on('message', (raw) => {
          const message = raw as JobMessage
          if (message.kind === 'progress') onProgress?.(message as unknown as JobProgress<S>)
          else outcome = message
        })
        child.once('error', reject)
        child.once('close', (code, killedBy) => {
          if (outcome !== null) return resolve()
          reject(endedEarly(name, { code, signal: killedBy, stderr: stderr() }))
        })
        // A child that dies at once makes the send fail; 'close' says why.
        child.send(job as object, () => undefined)
      })
    } catch (error) {
      signal?.throwIfAborted()
      throw error
    } finally {
      signal?.removeEventListener('abort', kill)
      kill()
    }
    return resultOf<R>(outcome, name)
  }
