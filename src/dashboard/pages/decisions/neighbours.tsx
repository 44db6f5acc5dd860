// The exemplars that were nearest, with their text as the serving generation has it, and a button that leaves one out of the next
// build.
import type { StoredDecision } from '../../../core/records/stored-decision.ts'
import type { Neighbour } from '../../../core/types.ts'
import { visible } from '../../../core/visible.ts'
import type { ExemplarTexts } from '../../../http/request/deps.ts'
import { segment } from '../../view/address.ts'
import { ratio } from '../../view/figures.ts'
import { ActionButton } from '../../view/forms.tsx'
import { Badge, Card } from '../../view/parts.tsx'
import { type Column, Table } from '../../view/table.tsx'

interface NeighboursProps {
  decision: StoredDecision
  texts: ExemplarTexts
}

const LeaveOut = ({ decision, exemplarId }: { decision: StoredDecision; exemplarId: string }) => (
  <ActionButton
    action={`/decisions/${segment(decision.id)}/exemplar`}
    values={{ exemplar_id: exemplarId, action: 'quarantine' }}
    tone="plain"
  >
    leave out
  </ActionButton>
)

const columnsOf = ({ decision, texts }: NeighboursProps): readonly Column<Neighbour>[] => [
  {
    title: 'exemplar',
    isWide: true,
    cell: ({ exemplarId }) => {
      const text = texts.get(exemplarId)?.text
      return text === undefined ? (
        <span class="muted mono">{exemplarId}, no longer in the index</span>
      ) : (
        <span title={text}>{visible(text)}</span>
      )
    },
  },
  {
    title: 'route',
    cell: ({ route }) => <Badge tone={route === decision.route ? 'good' : 'quiet'}>{route}</Badge>,
  },
  { title: 'similarity', isNumber: true, cell: ({ similarity }) => ratio(similarity) },
  { title: '', cell: ({ exemplarId }) => <LeaveOut decision={decision} exemplarId={exemplarId} /> },
]

const SHOWN = 8

export const NeighboursCard = (props: NeighboursProps) => {
  const { neighbours } = props.decision
  const columns = columnsOf(props)
  const others = neighbours.slice(SHOWN)
  return (
    <Card title="Nearest exemplars">
      <Table
        caption="Nearest exemplars"
        rows={neighbours.slice(0, SHOWN)}
        empty="No exemplar was asked."
        columns={columns}
      />
      {others.length === 0 ? null : (
        <details>
          <summary>{others.length} further away</summary>
          <Table caption="Further exemplars" rows={others} empty="" columns={columns} />
        </details>
      )}
    </Card>
  )
}
