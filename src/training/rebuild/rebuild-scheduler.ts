// Rebuilds that nobody asks for: at `training.schedule`, or when `training.rebuild_after` votes wait. It looks now and then;
// what it starts is an ordinary rebuild with its gate.
import type { Config } from '../../config/config-schema.ts'
import type { Logger } from '../../core/logger.ts'
import { toRouterError } from '../../errors.ts'
import type { RebuildReport } from './rebuild.ts'

const UNIT_MS: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds of "30m", "6h", "1d"; null for "off". */
export const scheduleMs = (schedule: string): number | null => {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(schedule) ?? []
  return count && unit ? Number(count) * (UNIT_MS[unit] as number) : null
}

const FIRST_RETRY_MS = 60_000
const LONGEST_RETRY_MS = 3_600_000

export interface RebuildScheduler {
  /** One look: rebuilds where it is time to. Resolves when that has ended; never rejects. */
  tick(): Promise<void>
  start(everyMs: number): void
  /** Looks no more, and waits for the look that is under way. */
  stop(): Promise<void>
}

export interface RebuildSchedulerOptions {
  /** As configured now. */
  training: () => Pick<Config['training'], 'schedule' | 'rebuild_after'>
  /** Effective votes that somebody gave since then; implicit ones do not count. */
  countNewVotes: (sinceMs: number) => Promise<number>
  /** When the newest generation was begun; null where there is none. */
  lastBuiltAtMs: () => Promise<number | null>
  rebuild: (trigger: 'schedule' | 'corrections') => Promise<Pick<RebuildReport, 'outcome'>>
  isRebuilding: () => boolean
  logger: Logger
  now: () => number
}

export const createRebuildScheduler = (options: RebuildSchedulerOptions): RebuildScheduler => {
  const { training, countNewVotes, lastBuiltAtMs, rebuild, isRebuilding, logger, now } = options
  /** When the last attempt that ended began: what it did not take is not waiting. */
  let attemptedAtMs = Number.NEGATIVE_INFINITY
  let failures = 0
  let retryAtMs = Number.NEGATIVE_INFINITY
  let looking: Promise<void> | null = null
  let timer: NodeJS.Timeout | null = null

  const dueTrigger = async (): Promise<'schedule' | 'corrections' | null> => {
    const { schedule, rebuild_after: enough } = training()
    const periodMs = scheduleMs(schedule)
    if ((periodMs === null && enough === 0) || isRebuilding() || now() < retryAtMs) return null
    const builtAtMs = await lastBuiltAtMs()
    if (builtAtMs === null) return null
    const sinceMs = Math.max(builtAtMs, attemptedAtMs)
    const isTime = periodMs !== null && now() - sinceMs >= periodMs
    if (!isTime && enough === 0) return null
    const votes = await countNewVotes(sinceMs)
    if (votes > 0 && enough > 0 && votes >= enough) return 'corrections'
    return votes > 0 && isTime ? 'schedule' : null
  }

  const fail = (error: unknown): void => {
    const { code, message } = toRouterError(error)
    // A rebuild by command is under way: the votes are in it, or still wait at the next look.
    if (code === 'build_in_progress' || code === 'shutting_down') return
    failures += 1
    const waitMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1))
    retryAtMs = now() + waitMs
    logger.warn({ code, problem: message, waitMs }, 'a scheduled rebuild failed')
  }

  const look = async (): Promise<void> => {
    try {
      const trigger = await dueTrigger()
      if (trigger === null) return
      const startedAtMs = now()
      await rebuild(trigger)
      attemptedAtMs = startedAtMs
      failures = 0
    } catch (error) {
      fail(error)
    }
  }

  const tick = (): Promise<void> => {
    looking ??= look().finally(() => {
      looking = null
    })
    return looking
  }

  return {
    tick,
    start: (everyMs) => {
      timer ??= setInterval(() => void tick(), everyMs).unref()
    },
    stop: async () => {
      if (timer !== null) clearInterval(timer)
      timer = null
      await looking
    },
  }
}
