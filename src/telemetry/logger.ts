// One JSON line per event. Redaction works on the finished line, so that no field, nested error or message can carry
// a key past it, and so does the escaping of what a terminal would obey; what the fields themselves may hold (never
// prompts) is the caller's rule.
import { type DestinationStream, type Logger, pino } from 'pino'
import { MASK } from '../core/redact-shapes.ts'
import { visibleJson } from '../core/visible.ts'
import type { LogFile } from './log-file.ts'
import { createLogOutput, openLogDestination } from './log-output.ts'
import { createRedact, type Redact } from './redact.ts'

export type { Logger }

export interface LoggerOptions {
  level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent'
  /** Values that must never be logged, e.g. the provider keys. */
  secrets?: Iterable<string>
  /** Takes the place of `secrets` where they change. */
  redact?: Redact
  /** Takes finished lines; standard output by default. */
  destination?: DestinationStream
  /** Takes them as well. */
  file?: Pick<LogFile, 'write'> | null
}

/** An error as a few bounded facts: a stack of thousands of lines would flood the log (2 kB a line at most). */
const describeError = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error
  const { name, message, stack, cause } = error
  const code = 'code' in error ? error.code : undefined
  return {
    type: name,
    message: message.slice(0, 300),
    ...(code === undefined ? {} : { code }),
    stack: stack?.split('\n    at ').slice(1, 7).join(' < ').slice(0, 600),
    ...(cause instanceof Error
      ? { cause: { type: cause.name, message: cause.message.slice(0, 200) } }
      : {}),
  }
}

/** Fields whose values are never logged, at the top of a line or one level below. */
const MASKED_FIELDS = ['authorization', 'apiKey', 'headers']

const maskFields = <T extends object>(facts: T): T => {
  const found = MASKED_FIELDS.filter((name) => Object.hasOwn(facts, name))
  if (found.length === 0) return facts
  return { ...facts, ...Object.fromEntries(found.map((name) => [name, MASK])) }
}

/**
 * In place of pino's `redact`, whose wildcard paths take longer than all else that makes a line. Errors are left to
 * `describeError`, which takes named facts only.
 */
const masked = (facts: Record<string, unknown>): Record<string, unknown> => {
  let safe = maskFields(facts)
  for (const name in safe) {
    const value = safe[name]
    if (typeof value !== 'object' || value === null || value instanceof Error) continue
    const inner = maskFields(value)
    if (inner !== value) safe = { ...safe, [name]: inner }
  }
  return safe
}

const standardOutput = (): DestinationStream => {
  // There is nowhere to say that nothing can be said.
  const out = openLogDestination({ fd: 1 }, () => {})
  const output = createLogOutput({ out })
  process.once('exit', output.flush)
  return output
}

/** A pino logger; times are ISO 8601, levels are words. */
export const createLogger = (options: LoggerOptions): Logger => {
  const out = options.destination ?? standardOutput()
  const redact = options.redact ?? createRedact(options.secrets)
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }), log: masked },
      serializers: { err: describeError },
    },
    {
      write: (line: string) => {
        const safe = visibleJson(redact(line))
        out.write(safe)
        options.file?.write(safe)
      },
    },
  )
}
