// Shutdown of the server process: a signal, or the end of the npm process that started it, drains once and exits.
import type { Logger } from '../core/logger.ts'

/** The part of `process` that is used; replaced in tests. */
export interface EndingProcess {
  readonly ppid: number
  on(signal: 'SIGTERM' | 'SIGINT', listener: () => void): unknown
  exit(code: number): void
}

export interface EndOnSignalOptions {
  process: EndingProcess
  env: NodeJS.ProcessEnv
  logger: Logger
  drain: () => Promise<void>
  /** Monotonic milliseconds. */
  monotonicMs?: () => number
  /** Calls `work` periodically, without keeping the process alive. */
  every?: (work: () => void) => void
}

const PARENT_CHECK_MS = 500
/** Under npm, Ctrl-C in a terminal arrives two or three times: from the terminal, and forwarded by npm and its shell. */
const SAME_SIGNAL_MS = 1_000

const unheld = (work: () => void): void => {
  setInterval(work, PARENT_CHECK_MS).unref()
}

/**
 * SIGTERM or SIGINT drains and exits 0; a second signal exits 1 at once. Under npm and npx every SIGINT within a second of the first,
 * and one later SIGINT, count as the first: a busy machine forwards it late. npm and npx forward a signal to the shell between them
 * and the server, which ends without forwarding it: so the server also ends when that shell does.
 * @returns whether the end has begun: what fails from then on has been ended, too
 */
export const endOnSignal = (options: EndOnSignalOptions): (() => boolean) => {
  const { process, env, logger, drain, every = unheld } = options
  const { monotonicMs = () => performance.now() } = options
  const isUnderNpm = env.npm_execpath !== undefined
  let endingSinceMs: number | null = null
  let isEchoDue = isUnderNpm
  const end = async (signal: string): Promise<void> => {
    if (endingSinceMs !== null) {
      const isSoon = isUnderNpm && monotonicMs() - endingSinceMs < SAME_SIGNAL_MS
      if (signal !== 'SIGINT' || !(isSoon || isEchoDue)) process.exit(1)
      if (!isSoon) isEchoDue = false
      return
    }
    endingSinceMs = monotonicMs()
    logger.info({ signal }, 'draining')
    await drain()
    logger.info({}, 'stopped')
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal))
  const isEnding = () => endingSinceMs !== null
  if (!isUnderNpm) return isEnding
  const parent = process.ppid
  every(() => {
    if (process.ppid !== parent && !isEnding()) void end('parent gone')
  })
  return isEnding
}
