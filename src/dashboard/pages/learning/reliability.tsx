// Does a claimed confidence come true? The diagram, and its bins as a table.
import type { RoutingReport } from '../../../training/reports/routing-report.ts'
import { Drawing } from '../../charts/drawing.tsx'
import { reliabilityChart } from '../../charts/reliability-chart.ts'
import { count, percent } from '../../view/figures.ts'
import { Card, Empty } from '../../view/parts.tsx'
import { Table } from '../../view/table.tsx'

type Bin = RoutingReport['bins'][number]

const Bins = ({ bins }: { bins: readonly Bin[] }) => (
  <details>
    <summary>Reliability as a table</summary>
    <Table
      caption="Reliability"
      rows={bins}
      empty="No held-out prompt."
      columns={[
        { title: 'claimed', isNumber: true, cell: ({ confidence }) => percent(confidence) },
        { title: 'came true', isNumber: true, cell: ({ accuracy }) => percent(accuracy) },
        { title: 'prompts', isNumber: true, cell: ({ rows }) => count(rows) },
      ]}
    />
  </details>
)

export const Reliability = ({ routing }: { routing: RoutingReport | null }) => (
  <Card title="Reliability">
    {routing === null || routing.bins.length === 0 ? (
      <Empty>
        Nothing is kept of this generation: it was built without held-out.jsonl, or by an earlier
        version. The next rebuild tells it.
      </Empty>
    ) : (
      <Drawing markup={reliabilityChart({ bins: routing.bins, binning: 'mass' })} size="small">
        Dots on the dashed line keep their word; below it they claim too much.
        <Bins bins={routing.bins} />
      </Drawing>
    )}
  </Card>
)
