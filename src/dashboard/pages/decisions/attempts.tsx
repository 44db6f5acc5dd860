// The calls to providers as a waterfall: from the decision to the end of the answer.
import type { StoredDecision } from '../../../core/records/stored-decision.ts'
import type { Attempt } from '../../../core/types.ts'
import { milliseconds } from '../../view/figures.ts'
import { Badge, Card } from '../../view/parts.tsx'
import { type Column, Table } from '../../view/table.tsx'

/** In per cent of the whole. */
interface Span {
  from: number
  length: number
}

const spanOf = (attempt: Attempt, startMs: number, wholeMs: number): Span => {
  const from = Math.min(1, Math.max(0, (attempt.startedAtMs - startMs) / wholeMs))
  const length = Math.min(1 - from, attempt.durationMs / wholeMs)
  return { from: from * 100, length: Math.max(0.7, length * 100) }
}

const wholeMsOf = (attempts: readonly Attempt[], decision: StoredDecision): number =>
  Math.max(
    1,
    decision.completion?.totalMs ?? 0,
    ...attempts.map((one) => one.startedAtMs + one.durationMs - decision.createdAtMs),
  )

const Bar = ({ span, attempt }: { span: Span; attempt: Attempt }) => (
  <svg
    class="waterfall"
    viewBox="0 0 100 10"
    preserveAspectRatio="none"
    role="img"
    aria-label={`${attempt.model} took ${milliseconds(attempt.durationMs)}`}
  >
    <rect class="track" width="100" height="10" />
    <rect
      class={attempt.errorCode === null ? 'served' : 'failed'}
      x={span.from.toFixed(2)}
      width={span.length.toFixed(2)}
      height="10"
    />
  </svg>
)

const Ended = ({ attempt }: { attempt: Attempt }) =>
  attempt.errorCode === null ? (
    <Badge tone="good">served</Badge>
  ) : (
    <Badge tone="bad">{attempt.errorCode}</Badge>
  )

export const AttemptsCard = ({ decision }: { decision: StoredDecision }) => {
  const attempts = decision.completion?.attempts ?? []
  const wholeMs = wholeMsOf(attempts, decision)
  const columns: readonly Column<Attempt>[] = [
    { title: 'provider', cell: ({ provider }) => provider },
    { title: 'model', cell: ({ model }) => model },
    {
      title: 'began after',
      isNumber: true,
      cell: (one) => milliseconds(Math.max(0, one.startedAtMs - decision.createdAtMs)),
    },
    { title: 'took', isNumber: true, cell: ({ durationMs }) => milliseconds(durationMs) },
    {
      title: '',
      isWide: true,
      cell: (one) => <Bar attempt={one} span={spanOf(one, decision.createdAtMs, wholeMs)} />,
    },
    { title: 'status', isNumber: true, cell: ({ status }) => status ?? '–' },
    { title: 'end', cell: (one) => <Ended attempt={one} /> },
  ]
  return (
    <Card title="Attempts">
      <Table caption="Attempts" rows={attempts} empty="No provider was called." columns={columns} />
    </Card>
  )
}
