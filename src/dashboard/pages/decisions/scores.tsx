// The score of every route, the best first, and the threshold that the best was held against.
import type { StoredDecision } from '../../../core/records/stored-decision.ts'
import type { RouteScore } from '../../../core/types.ts'
import { ratio } from '../../view/figures.ts'
import { Badge, Card, Meter } from '../../view/parts.tsx'
import { type Column, Table } from '../../view/table.tsx'

export const scoreColumns = (taken: string | null): readonly Column<RouteScore>[] => [
  {
    title: 'route',
    cell: ({ route }) => (
      <>
        {route} {route === taken ? <Badge tone="good">taken</Badge> : null}
      </>
    ),
  },
  { title: 'score', isNumber: true, cell: ({ score }) => ratio(score) },
  {
    title: '',
    isWide: true,
    cell: ({ route, score }) => <Meter share={score} label={`${route}: ${ratio(score)}`} />,
  },
]

export const ScoresCard = ({ decision }: { decision: StoredDecision }) => (
  <Card title="Scores">
    <Table
      caption="Score of each route"
      rows={decision.scores.toSorted((a, b) => b.score - a.score)}
      empty="Nothing was scored: the route was pinned, inherited, or follows from the configuration."
      columns={scoreColumns(decision.route)}
    />
  </Card>
)
