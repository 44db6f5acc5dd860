// What became of the votes that a build heard: exemplars it took, what waits for a person, what it left out.
import type { GenerationReport, ReportedCandidate } from '../../../training/reports/build-report.ts'
import { count } from '../../view/figures.ts'
import { Card } from '../../view/parts.tsx'
import { Table } from '../../view/table.tsx'

const MOST_LISTED = 50

const Candidates = ({ name, rows }: { name: string; rows: readonly ReportedCandidate[] }) => (
  <Table
    caption={name}
    rows={rows.slice(0, MOST_LISTED)}
    empty="None."
    columns={[
      {
        title: 'prompt',
        isWide: true,
        cell: ({ text, exemplarId }) => text ?? <span class="mono">{exemplarId}</span>,
      },
      { title: 'route', cell: ({ route }) => route },
      { title: 'why', cell: ({ reason }) => <span class="wraps">{reason ?? ''}</span> },
    ]}
  />
)

const Part = ({ name, total, rows }: { name: string; total: number; rows: ReportedCandidate[] }) =>
  total === 0 ? null : (
    <details>
      <summary>
        {name}: {count(total)}
        {total > MOST_LISTED ? `, the first ${MOST_LISTED}` : ''}
      </summary>
      <Candidates name={name} rows={rows} />
    </details>
  )

export const FromVotes = ({ report }: { report: GenerationReport | null }) => {
  if (report === null) return null
  const { counts, accepted, queued, quarantined } = report
  const left = quarantined.map((one) => ({ ...one, text: null, decisionIds: [] }))
  const isNothing = counts.accepted + counts.queued + counts.quarantined === 0
  return (
    <Card title="From votes">
      <Part name="Taken as exemplars" total={counts.accepted} rows={accepted} />
      <Part name="Wait for a person" total={counts.queued} rows={queued} />
      <Part name="Left out as harmful" total={counts.quarantined} rows={left} />
      {isNothing ? <p class="muted">No vote changed the exemplars of this build.</p> : null}
    </Card>
  )
}
