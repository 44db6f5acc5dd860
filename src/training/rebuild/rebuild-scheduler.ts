// Automatic rebuilds: by `training.schedule`, or when `training.rebuild_after` votes wait. Checks periodically; a rebuild that it
// starts is an ordinary one with its gate.
import type { Config } from '../../config/config-schema.ts'
import type { Logger } from '../../core/logger.ts'
import { toRouterError } from '../../errors.ts'
import { createRepeating } from '../../jobs/repeating.ts'
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
  /** One check: rebuilds if one is due. Resolves when it has ended; never rejects. */
  tick(): Promise<void>
  start(everyMs: number): void
  /** Stops checking, and waits for a check under way. */
  stop(): Promise<void>
}

export interface RebuildSchedulerOptions {
  /** The serving configuration. */
  training: () => Pick<Config['training'], 'schedule' | 'rebuild_after'>
  /** Number of effective votes since then, without implicit ones. */
  countNewVotes: (sinceMs: number) => Promise<number>
  /** Start time of the newest generation's build; null where there is none. */
  lastBuiltAtMs: () => Promise<number | null>
  rebuild: (trigger: 'schedule' | 'corrections') => Promise<Pick<RebuildReport, 'outcome'>>
  isRebuilding: () => boolean
  logger: Logger
  now: () => number
}

/** State of earlier attempts. */
interface Attempts {
  /** Start of the last finished attempt: earlier votes no longer count as waiting. */
  lastAtMs: number
  failures: number
  retryAtMs: number
}

const dueTrigger = async (
  options: RebuildSchedulerOptions,
  attempts: Attempts,
): Promise<'schedule' | 'corrections' | null> => {
  const { now } = options
  const { schedule, rebuild_after: enough } = options.training()
  const periodMs = scheduleMs(schedule)
  if (periodMs === null && enough === 0) return null
  if (options.isRebuilding() || now() < attempts.retryAtMs) return null
  const builtAtMs = await options.lastBuiltAtMs()
  if (builtAtMs === null) return null
  const sinceMs = Math.max(builtAtMs, attempts.lastAtMs)
  const isTime = periodMs !== null && now() - sinceMs >= periodMs
  if (!isTime && enough === 0) return null
  const votes = await options.countNewVotes(sinceMs)
  if (votes > 0 && enough > 0 && votes >= enough) return 'corrections'
  return votes > 0 && isTime ? 'schedule' : null
}

const noteFailure = (
  { logger, now }: RebuildSchedulerOptions,
  attempts: Attempts,
  error: unknown,
): void => {
  const { code, message } = toRouterError(error)
  // A rebuild by command is under way: it includes the votes, or they still wait at the next check.
  if (code === 'build_in_progress' || code === 'shutting_down') return
  attempts.failures += 1
  const waitMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts.failures - 1))
  attempts.retryAtMs = now() + waitMs
  logger.warn({ code, problem: message, waitMs }, 'a scheduled rebuild failed')
}

export const createRebuildScheduler = (options: RebuildSchedulerOptions): RebuildScheduler => {
  const never = Number.NEGATIVE_INFINITY
  const attempts: Attempts = { lastAtMs: never, failures: 0, retryAtMs: never }
  const looks = createRepeating(async () => {
    try {
      const trigger = await dueTrigger(options, attempts)
      if (trigger === null) return
      const startedAtMs = options.now()
      await options.rebuild(trigger)
      attempts.lastAtMs = startedAtMs
      attempts.failures = 0
    } catch (error) {
      noteFailure(options, attempts, error)
    }
  })
  return { tick: looks.run, start: looks.start, stop: looks.stop }
}
