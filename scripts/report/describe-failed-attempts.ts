// Failed attempts as people read them: a line for each kind of failure, below it an example, the likely cause and the fix.
import type { FailedAttempts } from '../../src/core/records/failed-attempts.ts'
import type { AttemptCause } from '../../src/quality/doctor/attempt-cause.ts'
import type { Span } from '../terminal/style.ts'
import { table } from '../terminal/table.ts'

export interface ExplainedFailure extends FailedAttempts {
  /** Null where it is not known. */
  reason: AttemptCause | null
}

const INDENT = '    '

const statusOf = ({ status, failure }: FailedAttempts): string =>
  String(status ?? failure.causeCode ?? '–')

const iso = (atMs: number): string => new Date(atMs).toISOString().slice(0, 19)

const below = ({ failure, decisionId, lastAtMs, reason }: ExplainedFailure): Span[][] => [
  ...(failure.shape === undefined ? [] : [[`${INDENT}said: ${failure.shape}`]]),
  [INDENT, { text: `last: ${iso(lastAtMs)}, signalbox explain ${decisionId}`, style: 'dim' }],
  ...(reason
    ? [
        [`${INDENT}why:  ${reason.cause}`],
        [`${INDENT}fix:  `, { text: reason.fix, style: 'bold' as const }],
      ]
    : []),
]

export const describeFailedAttempts = (
  groups: readonly ExplainedFailure[],
  hours: number,
): Span[][] => {
  const last = hours === 1 ? 'the last hour' : `the last ${hours} hours`
  if (groups.length === 0) return [[{ text: `No attempt has failed in ${last}.`, style: 'green' }]]
  const [head = '', ...rows] = table([
    ['provider', 'model', 'code', 'status', 'attempts'],
    ...groups.map((group) => [
      ...[group.provider, group.model, group.errorCode, statusOf(group), String(group.count)],
    ]),
  ])
  const total = groups.reduce((sum, { count }) => sum + count, 0)
  return [
    [{ text: head, style: 'bold' }],
    ...groups.flatMap((group, i) => [[rows[i] ?? ''], ...below(group)]),
    [],
    [
      `Failed attempts in ${last}: ${total}, of ${groups.length} ${groups.length === 1 ? 'kind' : 'kinds'}.`,
    ],
  ]
}

export const failedAttemptsJson = (groups: readonly ExplainedFailure[], sinceMs: number) => ({
  since: new Date(sinceMs).toISOString(),
  failed_attempts: groups.reduce((sum, { count }) => sum + count, 0),
  groups: groups.map(({ failure, reason, ...group }) => ({
    provider: group.provider,
    model: group.model,
    code: group.errorCode,
    status: group.status,
    network_code: failure.causeCode ?? null,
    message_shape: failure.shape ?? null,
    count: group.count,
    decision_id: group.decisionId,
    last_at: new Date(group.lastAtMs).toISOString(),
    cause: reason?.cause ?? null,
    fix: reason?.fix ?? null,
  })),
})
