// Evaluates the alert rules periodically, stores alerts that began or ended, and sends them. Never delays the request path: its slow
// parts wait for the database, the disk or other servers.
import type { Config } from '../config/config-schema.ts'
import type { Environment } from '../config/environment.ts'
import type { AlertChange, AlertRecord } from '../core/alerting/alert.ts'
import { type AlertEngine, createAlertEngine } from '../core/alerting/alert-engine.ts'
import type { AlertSample } from '../core/alerting/alert-sample.ts'
import { createHeldChanges } from '../core/alerting/held-changes.ts'
import type { QuietHours } from '../core/alerting/quiet-hours.ts'
import type { Logger } from '../core/logger.ts'
import { toRouterError } from '../errors.ts'
import { createRepeating } from '../jobs/repeating.ts'
import type { Store } from '../store/store.ts'
import { type NotifyOptions, notify } from './notify.ts'

export interface AlertWatchOptions {
  /** The serving configuration, read at each evaluation. */
  config: () => Config['alerts']
  /** Collects the input of an evaluation. */
  collect: () => Promise<AlertSample>
  store: Pick<Store, 'addAlertEvents' | 'listAlertEvents'>
  env: Environment
  newId: () => string
  now: () => number
  logger: Logger
  /** Replace the network in tests. */
  network?: Pick<NotifyOptions, 'fetchFor' | 'wait'>
}

export interface AlertWatch {
  /** One evaluation; resolves when all notifications are sent. Failures are logged. */
  look(): Promise<AlertChange[]>
  /** Alerts that fire. */
  firing(): AlertChange[]
  start(): void
  /** Ends the evaluations, and waits for one under way. */
  close(): Promise<void>
}

const MINUTE = 60
const RESTORED_EVENTS = 1_000

const minuteOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * MINUTE + minutes
}

export const quietHoursOf = ({ quiet_hours: quiet }: Config['alerts']): QuietHours | null => {
  if (quiet === null) return null
  const sign = quiet.utc_offset.startsWith('-') ? -1 : 1
  return {
    fromMinute: minuteOf(quiet.from),
    toMinute: minuteOf(quiet.to),
    offsetMinutes: sign * minuteOf(quiet.utc_offset.slice(1)),
  }
}

/** Alerts whose newest event is their beginning. @param events newest first */
export const stillFiring = (events: readonly AlertRecord[]): AlertRecord[] => {
  const newest = new Map<string, AlertRecord>()
  for (const event of events) {
    const key = `${event.kind} ${event.subject}`
    if (!newest.has(key)) newest.set(key, event)
  }
  return [...newest.values()].filter(({ state }) => state === 'firing')
}

const log = (logger: Logger, change: AlertChange): void => {
  const { kind, subject, severity, state, summary } = change
  const facts = { alert: kind, subject, severity, state }
  if (state === 'resolved') logger.info(facts, `alert resolved: ${kind}`)
  else if (severity === 'critical') logger.error(facts, summary)
  else logger.warn(facts, summary)
}

/** The initial state: alerts that are still firing by the history do not begin again. */
const beginEngine = async (
  { config, store }: AlertWatchOptions,
  start: AlertSample,
): Promise<AlertEngine> => {
  const restored = stillFiring(await store.listAlertEvents(RESTORED_EVENTS))
  return createAlertEngine({ rules: () => config().rules, start, restored })
}

const keepChanges = async (
  { store, logger, newId }: AlertWatchOptions,
  changes: readonly AlertChange[],
): Promise<void> => {
  for (const change of changes) log(logger, change)
  if (changes.length === 0) return
  const records = changes.map((change) => ({ id: newId(), ...change }))
  await store.addAlertEvents(records).catch((error: unknown) => {
    logger.warn({ problem: toRouterError(error).message }, 'alerts could not be stored')
  })
}

interface Teller {
  /** Queues notifications after earlier ones, without waiting, so that an unresponsive server does not delay the next evaluation. */
  begin(changes: readonly AlertChange[]): void
  /** Resolves when all are sent or have failed. */
  done(): Promise<void>
  /** Aborts notifications under way. */
  abort(): void
}

const createTeller = (options: AlertWatchOptions): Teller => {
  const { config, env, logger, now } = options
  const held = createHeldChanges(() => quietHoursOf(config()))
  const closing = new AbortController()
  let telling: Promise<void> = Promise.resolve()

  const tellAll = async (changes: readonly AlertChange[]): Promise<void> => {
    const released = held.take(changes, now())
    if (released.length === 0) return
    const { targets } = config()
    const common = { targets, env, changes: released, atMs: now(), signal: closing.signal }
    for (const [target, sent] of Object.entries(await notify({ ...common, ...options.network }))) {
      if (!sent.ok) logger.warn({ target, reason: sent.reason }, 'an alert could not be sent')
    }
  }
  return {
    begin: (changes) => {
      telling = telling
        .then(() => tellAll(changes))
        .catch((error: unknown) => {
          logger.warn({ problem: toRouterError(error).message }, 'alerts could not be sent')
        })
    },
    done: () => telling,
    abort: () => closing.abort(),
  }
}

const failedLook =
  (logger: Logger) =>
  (error: unknown): AlertChange[] => {
    logger.warn({ problem: toRouterError(error).message }, 'the alert rules could not be evaluated')
    return []
  }

export const createAlertWatch = (options: AlertWatchOptions): AlertWatch => {
  const { config, logger } = options
  const teller = createTeller(options)
  let engine: AlertEngine | null = null

  const lookOnce = async (): Promise<AlertChange[]> => {
    const sample = await options.collect()
    if (engine === null) {
      engine = await beginEngine(options, sample)
      return []
    }
    const changes = engine.take(sample)
    await keepChanges(options, changes)
    teller.begin(changes)
    return changes
  }
  const looks = createRepeating(async () => {
    return config().enabled ? lookOnce().catch(failedLook(logger)) : []
  })
  return {
    look: async () => {
      const changes = await looks.run()
      await teller.done()
      return changes
    },
    firing: () => engine?.firing() ?? [],
    start: () => {
      void looks.run()
      looks.start(config().interval_seconds * 1_000)
    },
    close: async () => {
      teller.abort()
      await looks.stop()
      await teller.done()
    },
  }
}
