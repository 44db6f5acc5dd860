// Votes on a decision, and the buttons that give one: right, another route, an exemplar at the next build, forgotten.
import type { Feedback } from '../../../core/records/feedback.ts'
import type { StoredDecision } from '../../../core/records/stored-decision.ts'
import { NONE_ROUTE } from '../../../core/types.ts'
import type { Desk } from '../../request/desk.ts'
import { segment } from '../../view/address.ts'
import { useDesk } from '../../view/context.ts'
import { count } from '../../view/figures.ts'
import { ActionButton, ActionForm, Select } from '../../view/forms.tsx'
import { Badge, Card } from '../../view/parts.tsx'
import { type Column, Table } from '../../view/table.tsx'
import { When } from '../../view/time.tsx'

const MOST_VOTES = 50

export interface VotesRead {
  decision: StoredDecision
  votes: Feedback[]
  /** Decisions of its session, itself among them; 0 where it has none. */
  ofSession: number
}

export const readVotes = async ({ deps }: Desk, decision: StoredDecision): Promise<VotesRead> => {
  const { id, sessionId } = decision
  const votes = await deps.admin.feedback.listVotes({ limit: MOST_VOTES, decisionIds: [id] })
  const ofSession = sessionId === null ? 0 : await deps.store.countForgettable({ sessionId })
  return { decision, votes, ofSession }
}

const COLUMNS: readonly Column<Feedback>[] = [
  {
    title: 'verdict',
    cell: ({ verdict }) => <Badge tone={verdict === 'good' ? 'good' : 'bad'}>{verdict}</Badge>,
  },
  { title: 'right route', cell: ({ correctRoute }) => correctRoute ?? '–' },
  { title: 'by', cell: ({ principal }) => principal },
  {
    title: 'source',
    cell: ({ source, implicitKind }) => (implicitKind ? `${source}: ${implicitKind}` : source),
  },
  { title: 'given', cell: ({ createdAtMs }) => <When ms={createdAtMs} /> },
  { title: 'comment', isWide: true, cell: ({ comment }) => comment ?? '' },
]

const Buttons = ({ decision }: { decision: StoredDecision }) => {
  const { deps, mayAct } = useDesk()
  if (!mayAct) return null
  const path = `/decisions/${segment(decision.id)}`
  const vote = { action: `${path}/vote`, target: '#votes' }
  const routes = [...Object.keys(deps.config.routes), NONE_ROUTE]
  return (
    <div class="row">
      <ActionButton {...vote} values={{ verdict: 'good' }} tone="main" shortcut="r">
        Right
      </ActionButton>
      <ActionForm {...vote}>
        <input type="hidden" name="verdict" value="bad" />
        <Select
          name="correct_route"
          label="Other route"
          options={routes.filter((route) => route !== decision.route)}
        />
        <button type="submit">Correct</button>
      </ActionForm>
      <ActionButton action={`${path}/exemplar-of`} target="#votes">
        Make exemplar of {decision.route}
      </ActionButton>
    </div>
  )
}

/** One decision alone, or the whole session: each says how much goes. */
const Forget = ({ decision, ofSession }: { decision: StoredDecision; ofSession: number }) => {
  if (!useDesk().mayAct) return null
  const action = `/decisions/${segment(decision.id)}/forget`
  const votesToo = 'with its votes, and exemplars made of them at the next build'
  return (
    <details class="menu">
      <summary>Forget</summary>
      <div class="row">
        <ActionButton
          action={action}
          values={{ what: 'decision' }}
          tone="danger"
          confirm={`Delete this decision, ${votesToo}? This cannot be undone.`}
        >
          Forget this decision
        </ActionButton>
        {ofSession < 2 ? null : (
          <ActionButton
            action={action}
            values={{ what: 'session' }}
            tone="danger"
            confirm={`Delete all ${count(ofSession)} decisions of this session, each ${votesToo}? This cannot be undone.`}
          >
            {`Forget all ${count(ofSession)} of its session`}
          </ActionButton>
        )}
      </div>
    </details>
  )
}

export const VotesCard = ({ decision, votes, ofSession }: VotesRead) => (
  <Card title="Was this right?" id="votes">
    <Buttons decision={decision} />
    <Forget decision={decision} ofSession={ofSession} />
    <Table caption="Votes" rows={votes} empty="Nobody has voted on it." columns={COLUMNS} />
  </Card>
)
