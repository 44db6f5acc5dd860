// What a generation would make of past decisions: which change their route, and which of those changes are fixes or regressions.
import type { Replays, RunningReplay } from '../../../training/replay/background-replays.ts'
import type { ReplayReport } from '../../../training/reports/gate-report.ts'
import { address, segment } from '../../view/address.ts'
import { useDesk } from '../../view/context.ts'
import { count, milliseconds, percent } from '../../view/figures.ts'
import { ActionButton } from '../../view/forms.tsx'
import { Badge, Card, Empty, Facts, Meter, Notice } from '../../view/parts.tsx'
import { Table } from '../../view/table.tsx'
import { Ago } from '../../view/time.tsx'
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
          ['fixes', `${count(voted.fixes)} of ${count(voted.rows)} voted`],
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

/** How fast it goes and how long it takes at most, once anything was decided. */
const pace = ({ done, atMost, startedAtMs }: RunningReplay, nowMs: number): string => {
  const took = nowMs - startedAtMs
  if (done === 0 || took <= 0) return ''
  const left = ((atMost - done) * took) / done
  return `, ${count(Math.round((1_000 * done) / took))} a second, at most ${milliseconds(left)} left`
}

const Running = ({ running, number }: { running: RunningReplay; number: number }) => {
  const { nowMs } = useDesk()
  const { done, atMost, generation } = running
  const share = atMost === 0 ? 0 : done / atMost
  return (
    <div
      hx-get={address(`${generationPath(number)}/replay`)}
      hx-trigger="every 1s"
      hx-target="#replay"
      hx-swap="outerHTML"
    >
      <p>
        <Badge tone="info">running</Badge>{' '}
        {generation === number ? '' : `generation ${generation}: `}
        {atMost === 0
          ? 'reading past decisions'
          : `${count(done)} of at most ${count(atMost)} decisions${pace(running, nowMs)}`}
      </p>
      <Meter share={share} label={percent(share, 0)} />
      <noscript>
        <a href={address(generationPath(number))}>Look again</a>
      </noscript>
    </div>
  )
}

interface ReplayProps {
  number: number
  /** Of when it was built; null where nothing was replayed then. */
  built: ReplayReport | null
  state: ReturnType<Replays['state']>
}

/** What was replayed last by hand takes the place of what the build found. */
export const ReplayCard = ({ number, built, state: { running, last } }: ReplayProps) => {
  const own = last?.generation === number ? last : null
  const report = own?.report ?? built
  return (
    <Card
      title="Replay of past decisions"
      id="replay"
      aside={
        running === null ? (
          <ActionButton action={`${generationPath(number)}/replay`} target="#replay">
            Replay now
          </ActionButton>
        ) : undefined
      }
    >
      {running === null ? null : <Running running={running} number={number} />}
      {own === null || own.problem === null ? null : <Notice tone="bad">{own.problem}</Notice>}
      {own?.report ? (
        <p class="note">
          replayed <Ago ms={own.finishedAtMs} />, which took {milliseconds(own.report.durationMs)}
        </p>
      ) : null}
      {report === null ? (
        <Empty>Nothing was replayed when it was built.</Empty>
      ) : (
        <Report report={report} />
      )}
    </Card>
  )
}
