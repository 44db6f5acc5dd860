// One encoder process from the supervisor's side: starting, ready, working, ended. Used by supervised.ts. A process that has work and
// does not answer for too long is killed (SIGKILL also ends a stopped one).
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { EncoderConfig } from '../config/config-schema.ts'
import { RouterError } from '../errors.ts'
import { createDeferred, type Deferred } from '../jobs/deferred.ts'
import type { ErrorReport, FromChild, ToChild } from './messages.ts'
import { createWatchdog } from './watchdog.ts'

/** The only variables that a child gets: it needs no keys, and finds a model beside the data by the last. */
const PASSED_VARIABLES = [
  'PATH',
  'HOME',
  'TMPDIR',
  'TEMP',
  'SystemRoot',
  'LD_LIBRARY_PATH',
  'SIGNALBOX_DATA',
]
/**
 * glibc then asks for pages of 2 MB where the system gives them on request. A prompt reads all weights once, 10 MB, which
 * are 2,600 pages of 4 kB. Other C libraries do not read the variable.
 */
const LARGE_PAGES = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' }
const START_TIMEOUT_MS = 60_000

/**
 * The child frees what loading the model leaves behind. Of a prompt little lives on, so that a small young generation is collected at
 * little cost: V8's own takes up to 24 MB more.
 */
const NODE_OPTIONS = ['--expose-gc', '--max-semi-space-size=2']

export interface EncoderProcessOptions {
  url: URL
  config: EncoderConfig
  /** Longest silence while there is work, before the process is killed. */
  silenceMs: number
  /** Those of one run; the rows are the receiver's. */
  onEmbedded(jobs: number[], rows: Float32Array[]): void
  onFailed(job: number, error: RouterError): void
  /** Called once, with the unanswered jobs. */
  onExit(unanswered: number[], reason: string): void
}

export interface Readiness {
  encoderId: string
  dimensions: number
  searchDimensions: number
}

export interface EncoderProcess {
  readonly pid: number | undefined
  /** Number of unanswered jobs. */
  readonly inFlight: number
  /** @throws RouterError `model_files_invalid`, or `encoder_unavailable` when it ended before it was ready. */
  readonly ready: Promise<Readiness>
  send(job: number, text: string): void
  kill(reason: string): void
}

const toError = ({ code, message, details }: ErrorReport): RouterError =>
  new RouterError(code, message, { details })

const start = (options: EncoderProcessOptions): ChildProcess => {
  const variables = PASSED_VARIABLES.filter((name) => process.env[name] !== undefined)
  const child = fork(fileURLToPath(options.url), [], {
    serialization: 'advanced',
    execArgv: NODE_OPTIONS,
    env: {
      ...LARGE_PAGES,
      ...Object.fromEntries(variables.map((name) => [name, process.env[name]])),
    },
    // transformers.js prints its inputs, the prompt, when a run fails.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  child.send({ type: 'start', config: options.config } satisfies ToChild, () => {})
  return child
}

/** The unanswered jobs of a process, with the timer for its silence. */
const createSentJobs = (silenceMs: number, onSilent: () => void) => {
  const unanswered = new Set<number>()
  const watchdog = createWatchdog(silenceMs, onSilent)
  return {
    unanswered,
    heard: watchdog.heard,
    stop: watchdog.stop,
    add: (job: number): void => {
      unanswered.add(job)
      watchdog.watch()
    },
    settle: (job: number): void => {
      unanswered.delete(job)
      if (unanswered.size === 0) watchdog.stop()
    },
  }
}

/** Calls `onEnd` once, with the signal, exit code or error that ended the child. */
const whenEnded = (child: ChildProcess, onEnd: (how: string) => void): void => {
  let isGone = false
  const gone = (how: string): void => {
    if (isGone) return
    isGone = true
    onEnd(how)
  }
  child.once('exit', (code, signal) => gone(signal ?? `exit code ${code}`))
  child.once('error', (error) => {
    if (child.pid === undefined) gone(error.message)
  })
}

interface Running {
  options: EncoderProcessOptions
  child: ChildProcess
  jobs: ReturnType<typeof createSentJobs>
  ready: Deferred<Readiness>
  /** Why it was killed. */
  reason: string | undefined
}

const kill = (running: Running, reason: string): void => {
  running.reason ??= reason
  running.child.kill('SIGKILL')
}

const receive = (running: Running, message: FromChild): void => {
  const { jobs, ready, options } = running
  jobs.heard()
  if (message.type === 'ready') ready.resolve(message)
  else if (message.type === 'start_failed') {
    ready.reject(toError(message.error))
    kill(running, message.error.message)
  } else if (message.type === 'failed') {
    jobs.settle(message.job)
    options.onFailed(message.job, toError(message.error))
  } else {
    const size = message.rows.length / message.jobs.length
    for (const job of message.jobs) jobs.settle(job)
    // Copied, because IPC gives a view that would keep a larger read buffer alive.
    const rows = message.jobs.map((_, at) => message.rows.slice(at * size, (at + 1) * size))
    options.onEmbedded(message.jobs, rows)
  }
}

const reportEnd = ({ jobs, ready, options, reason }: Running, how: string): void => {
  jobs.stop()
  const why = reason ? `${how}, ${reason}` : how
  ready.reject(new RouterError('encoder_unavailable', `The encoder process ended: ${why}.`))
  options.onExit([...jobs.unanswered], why)
}

/** Starts a process. It is usable once `ready` resolves. */
export const createEncoderProcess = (options: EncoderProcessOptions): EncoderProcess => {
  const child = start(options)
  const jobs = createSentJobs(options.silenceMs, () => kill(running, 'no sign of life'))
  const ready = createDeferred<Readiness>()
  const running: Running = { options, child, jobs, ready, reason: undefined }
  const startTimer = setTimeout(() => kill(running, 'not ready in time'), START_TIMEOUT_MS).unref()
  child.on('message', (message: FromChild) => receive(running, message))
  whenEnded(child, (how) => reportEnd(running, how))
  const stopTimer = (): void => clearTimeout(startTimer)
  ready.promise.then(stopTimer, stopTimer) // the owner of `ready` handles the failure
  return {
    get pid() {
      return child.pid
    },
    get inFlight() {
      return jobs.unanswered.size
    },
    ready: ready.promise,
    kill: (reason) => kill(running, reason),
    send: (job, text) => {
      jobs.add(job)
      // A failed send means that the process is ending; `exit` then reports the job as unanswered.
      child.send({ type: 'embed', job, text } satisfies ToChild, () => {})
    },
  }
}
