// What a generation would make of past decisions: which change their route, and what that mends and breaks.
import type { ReplayReport } from '../../../training/reports/gate-report.ts'
import { address, segment } from '../../view/address.ts'
import { count, percent } from '../../view/figures.ts'
import { ActionButton } from '../../view/forms.tsx'
import { Card, Empty, Facts } from '../../view/parts.tsx'
import { Table } from '../../view/table.tsx'
import { generationPath } from './generation-path.ts'

const MOST_MOVES = 12
const MOST_EXAMPLES = 25

const Moves = ({ moves }: Pick<ReplayReport, 'moves'>) => (
  <Table
    caption="Routes that change"
    rows={moves.slice(0, MOST_MOVES)}
    empty="No decision changes its route."
    columns={[
      { title: 'from', cell: ({ from }) => from },
      { title: 'to', isWide: true, cell: ({ to }) => to },
      { title: 'decisions', isNumber: true, cell: ({ decisions }) => count(decisions) },
    ]}
  />
)

const Examples = ({ examples }: Pick<ReplayReport, 'examples'>) => (
  <Table
    caption="Decisions that change"
    rows={examples.slice(0, MOST_EXAMPLES)}
    empty="None."
    columns={[
      {
        title: 'prompt',
        isWide: true,
        cell: ({ decisionId, text }) => (
          <a href={address(`/decisions/${segment(decisionId)}`)}>{text ?? decisionId}</a>
        ),
      },
      { title: 'from', cell: ({ from }) => from },
      { title: 'to', cell: ({ to }) => to },
    ]}
  />
)

const Report = ({ report }: { report: ReplayReport }) => {
  const { replayed, changed, changedShare, voted } = report
  return (
    <>
      <Facts
        facts={[
          ['decided anew', count(replayed)],
          ['change their route', `${count(changed)} (${percent(changedShare)})`],
          ['mends', `${count(voted.fixes)} of ${count(voted.rows)} voted`],
          ['breaks', `${count(voted.breaks)} of ${count(voted.rows)} voted`],
        ]}
      />
      <Moves moves={report.moves} />
      {report.examples.length === 0 ? null : (
        <details>
          <summary>Decisions that change</summary>
          <Examples examples={report.examples} />
        </details>
      )}
    </>
  )
}

export const ReplayCard = ({ number, report }: { number: number; report: ReplayReport | null }) => (
  <Card
    title="Replay of past decisions"
    id="replay"
    aside={
      <ActionButton action={`${generationPath(number)}/replay`} target="#replay">
        Replay now
      </ActionButton>
    }
  >
    {report === null ? (
      <Empty>Nothing was replayed when it was built.</Empty>
    ) : (
      <Report report={report} />
    )}
  </Card>
)
