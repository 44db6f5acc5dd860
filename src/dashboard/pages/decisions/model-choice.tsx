// How the model was chosen: the policy, what was expected of each candidate, and which models could not serve.
import type { StoredDecision } from '../../../core/records/stored-decision.ts'
import type { Selection, SelectionCandidate } from '../../../core/select/selection.ts'
import { milliseconds, percent, usd } from '../../view/figures.ts'
import { Badge, Card, Empty, Facts } from '../../view/parts.tsx'
import { type Column, Table } from '../../view/table.tsx'

const columnsOf = (chosen: string): readonly Column<SelectionCandidate>[] => [
  {
    title: 'model',
    cell: ({ model }) => (
      <>
        {model} {model === chosen ? <Badge tone="good">chosen</Badge> : null}
      </>
    ),
  },
  { title: 'put first in', isNumber: true, cell: ({ propensity }) => percent(propensity) },
  { title: 'cost', isNumber: true, cell: ({ costUsd }) => usd(costUsd) },
  { title: 'first token', isNumber: true, cell: ({ firstTokenMs }) => milliseconds(firstTokenMs) },
  { title: 'wait', isNumber: true, cell: ({ waitMs }) => milliseconds(waitMs) },
  { title: 'answer tokens', isNumber: true, cell: (c) => String(Math.round(c.completionTokens)) },
  {
    title: 'expected quality',
    isNumber: true,
    cell: ({ estimate }) =>
      estimate ? `${percent(estimate.quality)} ± ${percent(estimate.halfWidth)}` : '–',
  },
]

const Learned = ({ learned }: { learned: NonNullable<Selection['learned']> }) => (
  <Facts
    facts={[
      [
        'target',
        'quality' in learned.target
          ? `quality ${learned.target.quality}`
          : `${usd(learned.target.usdPerDay)} a day`,
      ],
      [
        'quality that one USD was worth',
        learned.price === null ? '–' : learned.price.toPrecision(3),
      ],
      ['balanced chose because', learned.fallback ?? 'it did not'],
    ]}
  />
)

const Skipped = ({ skipped }: Pick<StoredDecision, 'skipped'>) =>
  skipped.length === 0 ? null : (
    <>
      <h3>Could not serve</h3>
      <Table
        caption="Models that could not serve"
        rows={skipped}
        empty=""
        columns={[
          { title: 'model', cell: ({ model }) => model },
          { title: 'constraint', cell: ({ constraint }) => constraint },
          { title: 'why', isWide: true, cell: ({ message }) => message },
        ]}
      />
    </>
  )

export const ModelCard = ({ decision }: { decision: StoredDecision }) => {
  const { selection, skipped, model } = decision
  const policy = selection ? <Badge tone="info">{selection.policy}</Badge> : null
  return (
    <Card title="Choice of the model" aside={policy}>
      {selection ? (
        <Table
          caption="Candidates"
          rows={selection.candidates}
          empty="There was no candidate."
          columns={columnsOf(model)}
        />
      ) : (
        <Empty>{model}: the configured order or the caller decided.</Empty>
      )}
      {selection?.learned ? <Learned learned={selection.learned} /> : null}
      <Skipped skipped={skipped} />
    </Card>
  )
}
