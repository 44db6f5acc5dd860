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

interface Life {
  readonly options: SlotOptions
  process: EncoderProcess | undefined
  state: SlotState
  restarts: number
  /** Ends in a row, counted anew after a process that was stable. */
  earlyEnds: number
  /** Of the next start. */
  timer: NodeJS.Timeout | undefined
  hasEverBeenReady: boolean
  /** Called when the process has ended after `close`. */
  onClosed: (() => void) | undefined
}

const respawn = (life: Life): void => {
  const { logger } = life.options
  const { earlyEnds } = life
  const delayMs = respawnDelayMs(earlyEnds)
  logger.warn({ delayMs, earlyEnds }, 'encoder process is started again')
  life.restarts += 1
  life.timer = setTimeout(() => {
    spawn(life).catch((error: RouterError) => {
      logger.error({ code: error.code, details: error.details }, error.message)
    })
  }, delayMs)
}

const ended = (
  life: Life,
  { livedMs, unanswered, reason }: { livedMs: number; unanswered: number[]; reason: string },
): void => {
  const { options } = life
  life.earlyEnds = livedMs >= STABLE_MS ? 1 : life.earlyEnds + 1
  const isClosed = life.state === 'closed'
  life.process = undefined
  if (!isClosed) {
    life.state = 'waiting'
    options.logger.error({ reason, unanswered: unanswered.length }, 'encoder process ended')
  }
  options.onExit(unanswered, reason)
  life.onClosed?.()
  if (!isClosed && life.hasEverBeenReady) respawn(life)
}

const spawn = async (life: Life): Promise<Readiness> => {
  const { options } = life
  life.state = 'starting'
  const startedAt = options.now()
  const process = createEncoderProcess({
    ...options,
    onExit: (unanswered, reason) =>
      ended(life, { livedMs: options.now() - startedAt, unanswered, reason }),
  })
  life.process = process
  const readiness = await process.ready
  if (!options.isExpected(readiness)) throw refused(process, readiness)
  if (life.state === 'starting') {
    life.state = 'ready'
    life.hasEverBeenReady = true
    options.onReady()
  }
  return readiness
}

/** Kills a process whose vectors would not fit those of the others. */
const refused = (process: EncoderProcess, { encoderId }: Readiness): RouterError => {
  process.kill('the model files have changed')
  const message = `The model files have changed: found ${encoderId}. Start again.`
  return new RouterError('model_files_invalid', message)
}

const close = async (life: Life): Promise<void> => {
  life.state = 'closed'
  clearTimeout(life.timer)
  if (!life.process) return
  const closed = new Promise<void>((resolve) => {
    life.onClosed = resolve
  })
  life.process.kill('closed')
  await closed
}

export const createSlot = (options: SlotOptions): Slot => {
  const life: Life = {
    options,
    process: undefined,
    state: 'starting',
    restarts: 0,
    earlyEnds: 0,
    timer: undefined,
    hasEverBeenReady: false,
    onClosed: undefined,
  }
  return {
    get state() {
      return life.state
    },
    get pid() {
      return life.process?.pid
    },
    get inFlight() {
      return life.process?.inFlight ?? 0
    },
    get restarts() {
      return life.restarts
    },
    start: () => spawn(life),
    send: (job, text) => life.process?.send(job, text),
    close: () => close(life),
  }
}
