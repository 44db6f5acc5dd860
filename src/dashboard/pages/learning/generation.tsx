// One generation: what it was made of, what the gate found, what a replay changes, and whether it shall serve.
import { z } from 'zod'
import type { DescribedGeneration } from '../../../training/generations/listed-generation.ts'
import type { GateCheck } from '../../../training/reports/gate-report.ts'
import { definePage } from '../../request/part.ts'
import { address } from '../../view/address.ts'
import { count, percent } from '../../view/figures.ts'
import { ActionButton, ActionForm, Field } from '../../view/forms.tsx'
import { Badge, Card, Empty, Grid, Notice, Tile, Tiles, type Tone } from '../../view/parts.tsx'
import { Table } from '../../view/table.tsx'
import { Ago } from '../../view/time.tsx'
import { Confusion } from '../routes/confusion.tsx'
import { FromVotes } from './from-votes.tsx'
import { generationIn, generationPath } from './generation-path.ts'
import { heldOutShare, STATUS_TONES } from './generation-table.tsx'
import { HistoryTable } from './history-table.tsx'
import { Reliability } from './reliability.tsx'
import { ReplayCard } from './replay-card.tsx'
import { NOT_MEASURED } from './state.tsx'

const VERDICTS: Record<GateCheck['verdict'], Tone> = {
  passed: 'good',
  failed: 'bad',
  skipped: 'quiet',
}

const Gate = ({ one }: { one: DescribedGeneration }) => {
  const gate = one.report?.gate ?? null
  return (
    <Card title={gate?.against ? `Gate, against generation ${gate.against}` : 'Gate'}>
      {gate === null ? (
        <Empty>It was not judged: there was nothing it could be held against.</Empty>
      ) : (
        <Table
          caption="Checks of the gate"
          rows={gate.checks}
          empty="No check was made."
          columns={[
            { title: 'check', cell: ({ name }) => name },
            {
              title: 'verdict',
              cell: ({ verdict }) => <Badge tone={VERDICTS[verdict]}>{verdict}</Badge>,
            },
            {
              title: 'what was found',
              isWide: true,
              cell: ({ summary }) => <span class="wraps">{summary}</span>,
            },
          ]}
        />
      )}
    </Card>
  )
}

const Force = ({ one }: { one: DescribedGeneration }) => (
  <details class="menu">
    <summary>Promote it against the gate</summary>
    <ActionForm action={`${generationPath(one.generation)}/promote`}>
      <input type="hidden" name="force" value="yes" />
      <input type="hidden" name="stays" value="yes" />
      <Field name="reason" label="Why, for the history" isRequired />
      <button type="submit" class="danger">
        Promote all the same
      </button>
    </ActionForm>
  </details>
)

const Decide = ({ one }: { one: DescribedGeneration }) => {
  if (one.problem !== null) return <Notice tone="warn">{one.problem}</Notice>
  if (one.status === 'current') return null
  if (one.status === 'refused') return <Force one={one} />
  return (
    <ActionButton
      action={`${generationPath(one.generation)}/promote`}
      values={{ stays: 'yes' }}
      tone="main"
      confirm={`Let generation ${one.generation} serve?`}
    >
      Promote
    </ActionButton>
  )
}

const Figures = ({ one }: { one: DescribedGeneration }) => (
  <Tiles>
    <Tile
      name="Exemplars"
      value={count(one.exemplars)}
      note={`${count(one.fromFeedback)} from votes`}
    />
    <Tile
      name="Held-out accuracy"
      value={percent(heldOutShare(one, 'accuracy'))}
      note={one.heldOut === null ? NOT_MEASURED : `of ${count(heldOutShare(one, 'rows'))} prompts`}
    />
    <Tile name="Coverage" value={percent(heldOutShare(one, 'coverage'))} note="routed at all" />
    <Tile
      name="Calibration error"
      value={percent(heldOutShare(one, 'ece'))}
      note="claimed against true"
    />
    <Tile
      name="Recall of the index"
      value={percent(one.recallAt10)}
      note={one.search === 'exact' ? 'exact search' : 'graph'}
    />
  </Tiles>
)

export const generation = definePage({
  path: '/learning/generations/:number',
  title: ({ number = '' }) => `Generation ${number}`,
  query: z.object({}),
  view: async ({ deps }, { params }) => {
    const one = await deps.admin.generations.get(generationIn(params))
    const routing = one.report?.routing ?? null
    return (
      <>
        <div class="lead row">
          <a href={address('/learning')}>Learning</a>
          <Badge tone={STATUS_TONES[one.status]}>{one.status}</Badge>
          {one.createdAtMs === null ? null : (
            <span class="muted">
              built <Ago ms={one.createdAtMs} /> by {one.author ?? one.trigger ?? 'somebody'}
              {one.parent === null ? '' : ` after generation ${one.parent}`}
            </span>
          )}
          <Decide one={one} />
        </div>
        {one.report === null ? null : <p>{one.report.reason}</p>}
        <Figures one={one} />
        <Gate one={one} />
        <Grid>
          <Reliability routing={routing} />
          <Confusion routing={routing} />
        </Grid>
        <ReplayCard
          number={one.generation}
          built={one.report?.gate?.replay ?? null}
          state={deps.admin.replays.state()}
        />
        <FromVotes report={one.report} />
        <Card title="History">
          <HistoryTable events={one.history.toReversed()} />
        </Card>
      </>
    )
  },
})
