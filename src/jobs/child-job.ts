// One piece of heavy work in a process of its own: the parent's side and the child's. Fitting, replaying, searching through
// a log all block their thread for seconds, which the serving loop must not feel. The child ends with its parent.
import { type ChildProcess, fork } from 'node:child_process'
import { Worker } from 'node:worker_threads'
import { ERROR_CATALOGUE, type ErrorCode, RouterError, toRouterError } from '../errors.ts'
import { entryPoint } from './entry-point.ts'

const STDERR_KEPT = 2_000

export interface JobProgress<S extends string = string> {
  stage: S
  done: number
  total: number
}

type JobMessage =
  | ({ kind: 'progress' } & JobProgress)
  | { kind: 'done'; result: unknown }
  | { kind: 'failed'; code: string; message: string }

export interface ChildJobOptions<J, S extends string> {
  /** Compiled module that calls `serveChildJob`: `entryPoint(import.meta.url, './x-child.js')`. */
  entry: URL
  /** Plain values and typed arrays: it travels by structured clone. */
  job: J
  /** For the error message of a child that died: `build`, `replay`. */
  name: string
  onProgress?: (progress: JobProgress<S>) => void
  /** Kills the child. */
  signal?: AbortSignal
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

const startChild = (entry: URL): { child: ChildProcess; stderr: () => string } => {
  const child = fork(entry, {
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

/**
 * Runs a job in a process of its own.
 * @throws RouterError of the job, `internal` (retryable) where the process died, or the signal's reason.
 */
export const runChildJob = async <J, R, S extends string = string>(
  options: ChildJobOptions<J, S>,
): Promise<R> => {
  const { onProgress, signal, entry, name } = options
  signal?.throwIfAborted()
  const { child, stderr } = startChild(entry)
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
        if (outcome === null) reject(endedEarly(name, { code, signal: killedBy, stderr: stderr() }))
        else resolve()
      })
      // A child that dies at once makes the send fail; 'close' says why.
      child.send(options.job as object, () => undefined)
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

/** Resolves when the message is handed to the operating system. */
const tell = (message: JobMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve()))
  })

export type TellProgress = (stage: string, done: number, total: number) => Promise<void>

/** The child's side: takes one job, does it, says what came of it, and exits. */
export const serveChildJob = <J, R>(
  work: (job: J, tellProgress: TellProgress) => R | Promise<R>,
): void => {
  const tellProgress: TellProgress = (stage, done, total) =>
    tell({ kind: 'progress', stage, done, total })
  const run = async (job: J): Promise<void> => {
    try {
      await tell({ kind: 'done', result: await work(job, tellProgress) })
    } catch (error) {
      const { code, message, cause } = toRouterError(error)
      const detail = code === 'internal' && cause instanceof Error ? ` (${cause.message})` : ''
      await tell({ kind: 'failed', code, message: message + detail })
    }
    process.exit(0)
  }
  // The watch lives in a thread, so that it sees the parent's end even while the job blocks.
  new Worker(entryPoint(import.meta.url, './parent-watch.js')).unref()
  process.once('message', (job) => void run(job as J))
}
