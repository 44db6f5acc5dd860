// Keeps one encoder process alive: starts it, and starts it again when it ends, at growing intervals if it keeps ending.
// Used by supervised.ts, which has one slot per configured process.

import type { Logger } from '../core/logger.ts'
import { RouterError } from '../errors.ts'
import {
  createEncoderProcess,
  type EncoderProcess,
  type EncoderProcessOptions,
  type Readiness,
} from './encoder-process.ts'

/** A process that lived this long has not crashed in a loop. */
const STABLE_MS = 30_000
const FIRST_DELAY_MS = 250
const LONGEST_DELAY_MS = 30_000

export type SlotState = 'starting' | 'ready' | 'waiting' | 'closed'

export interface SlotOptions extends EncoderProcessOptions {
  now: () => number
  logger: Logger
  /** Vectors of another encoder must not be mixed in: a process that reports another id is not used. */
  isExpected(readiness: Readiness): boolean
  onReady(): void
}

export interface Slot {
  readonly state: SlotState
  readonly pid: number | undefined
  readonly inFlight: number
  /** How often the process was started again. */
  readonly restarts: number
  /** Starts the process for the first time; rejects where that fails. */
  start(): Promise<Readiness>
  send(job: number, text: string): void
  close(): Promise<void>
}

/** Wait before a new start after so many early ends in a row: 0, 250, 500, 1,000 … 30,000 ms. */
export const respawnDelayMs = (earlyEnds: number): number =>
  earlyEnds <= 1 ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (earlyEnds - 2))

export const createSlot = (options: SlotOptions): Slot => {
  const { now, logger } = options
  let current: EncoderProcess | undefined
  let state: SlotState = 'starting'
  let restarts = 0
  let earlyEnds = 0
  let timer: NodeJS.Timeout | undefined
  let hasEverBeenReady = false
  let onClosed: (() => void) | undefined

  const respawn = (): void => {
    const delayMs = respawnDelayMs(earlyEnds)
    logger.warn({ delayMs, earlyEnds }, 'encoder process is started again')
    restarts += 1
    timer = setTimeout(() => {
      spawn().catch((error: RouterError) => {
        logger.error({ code: error.code, details: error.details }, error.message)
      })
    }, delayMs)
  }

  const spawn = async (): Promise<Readiness> => {
    state = 'starting'
    const startedAt = now()
    const process = createEncoderProcess({
      ...options,
      onExit: (unanswered, reason) => {
        earlyEnds = now() - startedAt >= STABLE_MS ? 1 : earlyEnds + 1
        const isClosed = state === 'closed'
        if (!isClosed) state = 'waiting'
        current = undefined
        if (!isClosed)
          logger.error({ reason, unanswered: unanswered.length }, 'encoder process ended')
        options.onExit(unanswered, reason)
        onClosed?.()
        if (!isClosed && hasEverBeenReady) respawn()
      },
    })
    current = process
    const readiness = await process.ready
    if (!options.isExpected(readiness)) {
      process.kill('the model files have changed')
      const message = `The model files have changed: found ${readiness.encoderId}. Start again.`
      throw new RouterError('model_files_invalid', message)
    }
    if (state === 'starting') {
      state = 'ready'
      hasEverBeenReady = true
      options.onReady()
    }
    return readiness
  }

  return {
    get state() {
      return state
    },
    get pid() {
      return current?.pid
    },
    get inFlight() {
      return current?.inFlight ?? 0
    },
    get restarts() {
      return restarts
    },
    start: spawn,
    send: (job, text) => current?.send(job, text),
    close: async () => {
      state = 'closed'
      clearTimeout(timer)
      if (!current) return
      const closed = new Promise<void>((resolve) => {
        onClosed = resolve
      })
      current.kill('closed')
      await closed
    },
  }
}
