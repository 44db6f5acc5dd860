// When the server's process ends, and how: a signal, or the death of the npm that started it, drains once and exits.
import type { Logger } from '../core/logger.ts'

/** What is asked of the process, so that tests can stand in for it. */
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
  /** Milliseconds that never jump. */
  monotonicMs?: () => number
  /** Calls `work` now and then, without keeping the process alive. */
  every?: (work: () => void) => void
}

const PARENT_CHECK_MS = 500
/** At a terminal Ctrl-C reaches a server under npm twice or three times: from the terminal, and passed on by npm and its shell. */
const SAME_SIGNAL_MS = 1_000

const unheld = (work: () => void): void => {
  setInterval(work, PARENT_CHECK_MS).unref()
}

/**
 * SIGTERM or SIGINT drains and exits 0; another one exits 1 at once. Under npm and npx every SIGINT within a second of the first,
 * and one that comes later, still counts as the first: a busy machine passes it on late. npm and npx pass a signal on to a shell
 * between them and the server, which dies of it and says nothing: the server also ends when that shell does.
 */
export const endOnSignal = (options: EndOnSignalOptions): void => {
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
  if (!isUnderNpm) return
  const parent = process.ppid
  every(() => {
    if (process.ppid !== parent && endingSinceMs === null) void end('parent gone')
  })
}
