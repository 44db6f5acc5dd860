// Parent's side of the build process: starts it, hands it the job, relays progress, and turns its end into a result.
import { type ChildProcess, fork } from 'node:child_process'
import { entryPoint } from '../entry-point.ts'
import { ERROR_CATALOGUE, type ErrorCode, RouterError } from '../errors.ts'
import type { Manifest } from '../vector-index/manifest.ts'
import type { BuildJob, BuildMessage, BuildStage } from './build-job.ts'

const STDERR_KEPT = 2_000

export interface RunBuildOptions {
  onProgress?: (stage: BuildStage, done: number, total: number) => void
  /** Kills the build. */
  signal?: AbortSignal
  /** Another build module, for tests of its death. */
  entry?: URL
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(ERROR_CATALOGUE, code)

const endedEarly = (code: number | null, signal: string | null, stderr: string): RouterError =>
  new RouterError(
    'internal',
    `The build process ended ${signal ? `by ${signal}` : `with code ${code}`} before it was done; the served index is untouched.`,
    { isRetryable: true, details: { code, signal, stderr } },
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

/**
 * Builds and writes a generation in a process of its own; it is not made current.
 * @throws RouterError of the build, `internal` (retryable) where the process died, or the signal's reason.
 */
export const runBuild = async (job: BuildJob, options: RunBuildOptions = {}): Promise<Manifest> => {
  const { onProgress, signal, entry = entryPoint(import.meta.url, './build-child.js') } = options
  signal?.throwIfAborted()
  const { child, stderr } = startChild(entry)
  const kill = () => child.kill('SIGKILL')
  signal?.addEventListener('abort', kill, { once: true })
  let outcome: BuildMessage | null = null
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('message', (raw) => {
        const message = raw as BuildMessage
        if (message.kind === 'progress') onProgress?.(message.stage, message.done, message.total)
        else outcome = message
      })
      child.once('error', reject)
      child.once('close', (code, killedBy) => {
        if (outcome === null) reject(endedEarly(code, killedBy, stderr()))
        else resolve()
      })
      // A child that dies at once makes the send fail; 'close' says why.
      child.send(job, () => undefined)
    })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', kill)
    kill()
  }
  return resultOf(outcome)
}

const resultOf = (outcome: BuildMessage | null): Manifest => {
  if (outcome?.kind === 'done') return outcome.manifest
  const code = outcome?.kind === 'failed' && isErrorCode(outcome.code) ? outcome.code : 'internal'
  throw new RouterError(code, outcome?.kind === 'failed' ? outcome.message : 'The build failed.')
}
