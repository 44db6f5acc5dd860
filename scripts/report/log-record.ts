// One line of the log, or one decision of the database in the same form: read, filtered, and written for a terminal.
import type { StoredDecision } from '../../src/core/records/stored-decision.ts'
import type { Span, Style } from '../terminal/style.ts'

export type LogRecord = Record<string, unknown>

export interface LogFilter {
  route?: string
  model?: string
  key?: string
  /** A code, or any error where it is true. */
  error?: string | true
  /** Of a decision or a request. */
  decision?: string
  level?: string
}

export const LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'] as const

/** What a program logged; null for a line that is not one of ours. */
export const parseLogLine = (line: string): LogRecord | null => {
  if (!line.startsWith('{')) return null
  try {
    return JSON.parse(line) as LogRecord
  } catch {
    return null
  }
}

/** A decision as its request's log line would say it. Kept attempts know more of an error than the line does. */
export const recordOfDecision = (decision: StoredDecision): LogRecord => {
  const { completion, outcome } = decision
  const failed = completion?.attempts.findLast(({ errorCode }) => errorCode !== null)
  return {
    level: outcome === 'failed' || outcome === 'interrupted' ? 'warn' : 'info',
    time: new Date(decision.createdAtMs).toISOString(),
    requestId: decision.requestId,
    ...(decision.principal !== null && { keyId: decision.principal }),
    decisionId: decision.id,
    route: decision.route,
    reason: decision.reason,
    ...(decision.degradedBy !== null && { degradedBy: decision.degradedBy }),
    model: completion?.model ?? decision.model,
    outcome,
    ...(completion && {
      attempts: completion.attempts.length,
      ...(failed && { errorCode: failed.errorCode }),
      ...(completion.usage && {
        promptTokens: completion.usage.promptTokens,
        completionTokens: completion.usage.completionTokens,
      }),
      costUsd: completion.costUsd,
      ...(completion.cache && { cache: completion.cache }),
      totalMs: completion.totalMs,
    }),
    msg: 'decision',
  }
}

const isAtLeast = (level: unknown, least: string): boolean =>
  LEVELS.indexOf(level as (typeof LEVELS)[number]) >= LEVELS.indexOf(least as never)

const hasError = (
  { errorCode, fallbackCause, level }: LogRecord,
  wanted: string | true,
): boolean =>
  wanted === true
    ? errorCode !== undefined || level === 'error' || level === 'fatal'
    : errorCode === wanted || fallbackCause === wanted

export const passes = (record: LogRecord, filter: LogFilter): boolean => {
  const { route, model, key, error, decision, level } = filter
  return (
    (route === undefined || record.route === route) &&
    (model === undefined || record.model === model) &&
    (key === undefined || record.keyId === key) &&
    (error === undefined || hasError(record, error)) &&
    (decision === undefined || [record.decisionId, record.requestId].includes(decision)) &&
    (level === undefined || isAtLeast(record.level, level))
  )
}

const STYLES: Record<string, Style> = { warn: 'yellow', error: 'red', fatal: 'red', debug: 'dim' }

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const duration = (ms: unknown): string[] => {
  if (typeof ms !== 'number') return []
  return [ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`]
}

const usd = (cost: unknown): string[] =>
  typeof cost === 'number' && cost > 0 ? [`$${cost.toPrecision(3)}`] : []

const tokens = ({ promptTokens, completionTokens }: LogRecord): string[] =>
  promptTokens === undefined ? [] : [`${promptTokens}+${completionTokens} tokens`]

/** What a routed request came to, in the order in which one asks. */
const routedParts = (record: LogRecord): string[] => [
  `${text(record.route)} → ${text(record.model)}`,
  text(record.degradedBy ? `${record.reason} (${record.degradedBy})` : record.reason),
  ...(record.fallback === true ? [`fallback (${text(record.fallbackCause ?? '?')})`] : []),
  ...(typeof record.attempts === 'number' && record.attempts > 1
    ? [`${record.attempts} attempts`]
    : []),
  ...(record.cache === 'hit' || record.cache === 'exact' || record.cache === 'semantic'
    ? ['cached']
    : []),
  ...duration(record.totalMs),
  ...tokens(record),
  ...usd(record.costUsd),
]

const SAID = new Set(['level', 'time', 'msg'])

const otherParts = (record: LogRecord): string[] =>
  Object.entries(record).flatMap(([name, value]) =>
    SAID.has(name) ? [] : [`${name}=${text(value)}`],
  )

const requestHead = (record: LogRecord): string[] =>
  record.path === undefined
    ? [text(record.outcome)]
    : [`${text(record.status)} ${text(record.method)} ${text(record.path)}`]

/** One line; `timed` prefixes the date only where it is not today's. */
export const describeRecord = (record: LogRecord, today: string): Span[] => {
  const level = text(record.level ?? 'info')
  const time = text(record.time ?? '')
  const clock = time.startsWith(today) ? time.slice(11, 19) : time.slice(0, 19)
  const style = STYLES[level]
  const word = level.padEnd(5)
  const head: Span[] = [{ text: clock, style: 'dim' }, ' ', style ? { text: word, style } : word]
  const isRequest = record.msg === 'request' || record.msg === 'decision'
  if (!isRequest) return [...head, ' ', [text(record.msg), ...otherParts(record)].join('  ')]
  const error = record.errorCode
  return [
    ...head,
    ' ',
    [...requestHead(record), ...(record.route === undefined ? [] : routedParts(record))].join('  '),
    ...(error === undefined ? [] : ['  ', { text: text(error), style: 'red' as const }]),
    ...(record.decisionId === undefined
      ? []
      : ['  ', { text: text(record.decisionId), style: 'dim' as const }]),
  ]
}
