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
  /** Calls `work` now and then, without keeping the process alive. */
  every?: (work: () => void) => void
}

const PARENT_CHECK_MS = 500

const unheld = (work: () => void): void => {
  setInterval(work, PARENT_CHECK_MS).unref()
}

/**
 * SIGTERM or SIGINT drains and exits 0; another one exits 1 at once. At a terminal Ctrl-C reaches a server under npm twice, from
 * the terminal and passed on by npm, however late: there the second SIGINT of two counts as the first. npm and npx pass a signal on
 * to a shell between them and the server, which dies of it and says nothing: the server also ends when that shell does.
 */
export const endOnSignal = (options: EndOnSignalOptions): void => {
  const { process, env, logger, drain, every = unheld } = options
  const isUnderNpm = env.npm_execpath !== undefined
  let isEnding = false
  let isEchoDue = isUnderNpm
  const end = async (signal: string): Promise<void> => {
    if (isEnding) {
      if (signal !== 'SIGINT' || !isEchoDue) process.exit(1)
      isEchoDue = false
      return
    }
    isEnding = true
    logger.info({ signal }, 'draining')
    await drain()
    logger.info({}, 'stopped')
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(signal))
  if (!isUnderNpm) return
  const parent = process.ppid
  every(() => {
    if (process.ppid !== parent && !isEnding) void end('parent gone')
  })
}
