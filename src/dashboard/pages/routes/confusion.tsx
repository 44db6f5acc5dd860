// Which route held-out prompts were taken for: the matrix as a picture, and the mistakes in it as a list.
import { NONE_ROUTE } from '../../../core/types.ts'
import type { RoutingReport } from '../../../training/reports/routing-report.ts'
import { Drawing } from '../../charts/drawing.tsx'
import { matrixChart } from '../../charts/matrix-chart.ts'
import { count, percent } from '../../view/figures.ts'
import { Card, Empty } from '../../view/parts.tsx'
import { Table } from '../../view/table.tsx'

interface Mistake {
  label: string
  taken: string
  rows: number
  share: number
}

const MOST_LISTED = 12

export const mistakesOf = ({ names, counts }: RoutingReport): Mistake[] =>
  counts
    .flatMap((line, i) => {
      const all = line.reduce((sum, rows) => sum + rows, 0)
      return line.map((rows, j) => ({
        label: names[i] as string,
        taken: names[j] as string,
        rows: i === j ? 0 : rows,
        share: all === 0 ? 0 : rows / all,
      }))
    })
    .filter(({ rows }) => rows > 0)
    .sort((a, b) => b.rows - a.rows)

export const Mistakes = ({ mistakes }: { mistakes: readonly Mistake[] }) => (
  <Table
    caption="Mistakes on held-out prompts"
    rows={mistakes.slice(0, MOST_LISTED)}
    empty="No held-out prompt was taken for another route."
    columns={[
      { title: 'belongs to', cell: ({ label }) => (label === NONE_ROUTE ? 'no route' : label) },
      { title: 'taken for', cell: ({ taken }) => (taken === NONE_ROUTE ? 'no route' : taken) },
      { title: 'prompts', isNumber: true, cell: ({ rows }) => count(rows) },
      { title: 'of its own', isNumber: true, cell: ({ share }) => percent(share) },
    ]}
  />
)

export const Confusion = ({ routing }: { routing: RoutingReport | null }) => (
  <Card title="Confusion on held-out prompts">
    {routing === null ? (
      <Empty>
        Nothing is kept of this generation: it was built without held-out.jsonl, or by an earlier
        version. The next rebuild tells it.
      </Empty>
    ) : (
      <Drawing markup={matrixChart(routing)} size="large">
        A line is what prompts belong to, a column what they were taken for: blue is right.
      </Drawing>
    )}
  </Card>
)

export const MistakesCard = ({ routing }: { routing: RoutingReport | null }) =>
  routing === null ? null : (
    <Card title="Most frequent mistakes">
      <Mistakes mistakes={mistakesOf(routing)} />
    </Card>
  )
