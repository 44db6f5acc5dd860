// One encoder process as the supervisor sees it: started, ready, working, gone. Used by supervised.ts.
// A process that has work and says nothing for too long is killed (SIGKILL also ends one that was stopped).
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { EncoderConfig } from '../config/config-schema.ts'
import { RouterError } from '../errors.ts'
import type { ErrorReport, FromChild, ToChild } from './messages.ts'

/** The only variables a child gets: it needs no keys. */
const PASSED_VARIABLES = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LD_LIBRARY_PATH']
const START_TIMEOUT_MS = 60_000
/** Silence is counted in quarters, so that one long stall of our own event loop is not held against the child. */
const STRIKES = 4

export interface EncoderProcessOptions {
  url: URL
  config: EncoderConfig
  /** Longest silence while there is work, before the process is killed. */
  silenceMs: number
  onEmbedded(job: number, vector: Float32Array): void
  onFailed(job: number, error: RouterError): void
  /** Called once, with the jobs that were not answered. */
  onExit(unanswered: number[], reason: string): void
}

export interface Readiness {
  encoderId: string
  dimensions: number
  searchDimensions: number
}

export interface EncoderProcess {
  readonly pid: number | undefined
  /** Jobs sent and not answered. */
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
    execArgv: [],
    env: Object.fromEntries(variables.map((name) => [name, process.env[name]])),
    // transformers.js prints its inputs when a run fails, and those are the prompt.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  child.send({ type: 'start', config: options.config } satisfies ToChild, () => {})
  return child
}

/** Calls `onSilent` when `heard` was not called for `silenceMs` while watching. */
const createWatchdog = (silenceMs: number, onSilent: () => void) => {
  let timer: NodeJS.Timeout | undefined
  let strikes = 0
  const stop = () => {
    clearInterval(timer)
    timer = undefined
  }
  const watch = () => {
    if (timer) return
    strikes = 0
    timer = setInterval(() => {
      strikes += 1
      if (strikes < STRIKES) return
      stop()
      onSilent()
    }, silenceMs / STRIKES).unref()
  }
  const heard = () => {
    strikes = 0
  }
  return { watch, heard, stop }
}

const createDeferred = <T>() => {
  let settle: { resolve: (value: T) => void; reject: (error: RouterError) => void } | undefined
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject }
  })
  return {
    promise,
    resolve: (value: T) => settle?.resolve(value),
    reject: (error: RouterError) => settle?.reject(error),
  }
}

/** Starts a process. It is usable once `ready` resolves. */
export const createEncoderProcess = (options: EncoderProcessOptions): EncoderProcess => {
  const unanswered = new Set<number>()
  const ready = createDeferred<Readiness>()
  const child = start(options)
  let reason: string | undefined
  const kill = (why: string) => {
    reason ??= why
    child.kill('SIGKILL')
  }
  const watchdog = createWatchdog(options.silenceMs, () => kill('no sign of life'))
  const startTimer = setTimeout(() => kill('not ready in time'), START_TIMEOUT_MS).unref()

  const settle = (job: number, deliver: () => void) => {
    unanswered.delete(job)
    if (unanswered.size === 0) watchdog.stop()
    deliver()
  }
  child.on('message', (message: FromChild) => {
    watchdog.heard()
    if (message.type === 'ready') ready.resolve(message)
    else if (message.type === 'start_failed') {
      ready.reject(toError(message.error))
      kill(message.error.message)
    } else if (message.type === 'failed') {
      settle(message.job, () => options.onFailed(message.job, toError(message.error)))
    } else {
      // Copied: what IPC gives is a view that would keep a larger read buffer alive.
      const vector = Float32Array.from(message.vector)
      settle(message.job, () => options.onEmbedded(message.job, vector))
    }
  })
  let isGone = false
  const gone = (how: string) => {
    if (isGone) return
    isGone = true
    clearTimeout(startTimer)
    watchdog.stop()
    const why = reason ? `${how}, ${reason}` : how
    ready.reject(new RouterError('encoder_unavailable', `The encoder process ended: ${why}.`))
    options.onExit([...unanswered], why)
  }
  child.once('exit', (code, signal) => gone(signal ?? `exit code ${code}`))
  child.once('error', (error) => {
    if (child.pid === undefined) gone(error.message)
  })
  ready.promise.then(
    () => clearTimeout(startTimer),
    () => {}, // the owner of `ready` handles the failure
  )

  return {
    get pid() {
      return child.pid
    },
    get inFlight() {
      return unanswered.size
    },
    ready: ready.promise,
    kill,
    send: (job, text) => {
      unanswered.add(job)
      watchdog.watch()
      // A send that fails means that the process is ending; `exit` then reports the job as unanswered.
      child.send({ type: 'embed', job, text } satisfies ToChild, () => {})
    },
  }
}
