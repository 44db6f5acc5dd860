// Votes on a decision, and the buttons that give one: right, another route, an exemplar at the next build, forgotten.
import type { Feedback } from '../../../core/records/feedback.ts'
import type { StoredDecision } from '../../../core/records/stored-decision.ts'
import { NONE_ROUTE } from '../../../core/types.ts'
import type { Desk } from '../../request/desk.ts'
import { segment } from '../../view/address.ts'
import { useDesk } from '../../view/context.ts'
import { ActionButton, ActionForm, Select } from '../../view/forms.tsx'
import { Badge, Card } from '../../view/parts.tsx'
import { type Column, Table } from '../../view/table.tsx'
import { When } from '../../view/time.tsx'

const MOST_VOTES = 50

export const readVotes = ({ deps }: Desk, id: string): Promise<Feedback[]> =>
  deps.admin.feedback.listVotes({ limit: MOST_VOTES, decisionIds: [id] })

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
        Make exemplar
      </ActionButton>
      {decision.sessionId === null ? null : (
        <ActionButton
          action={`${path}/forget`}
          tone="danger"
          confirm="Delete all decisions of this session, with their votes? This cannot be undone."
        >
          Forget session
        </ActionButton>
      )}
    </div>
  )
}

export const VotesCard = ({ decision, votes }: { decision: StoredDecision; votes: Feedback[] }) => (
  <Card title="Was this right?" id="votes">
    <Buttons decision={decision} />
    <Table caption="Votes" rows={votes} empty="Nobody has voted on it." columns={COLUMNS} />
  </Card>
)
