// Decisions, the newest first: narrowed by the address, read on by key, and live while the newest are shown.
import type { DecisionSearchPage, ListedDecision } from '../../../core/records/decision-search.ts'
import { visible } from '../../../core/visible.ts'
import { definePage } from '../../request/part.ts'
import { address, segment } from '../../view/address.ts'
import { useDesk } from '../../view/context.ts'
import { milliseconds, ratio, usd } from '../../view/figures.ts'
import { Live } from '../../view/live.tsx'
import { Card, Notice } from '../../view/parts.tsx'
import { type Column, NextPage, Table } from '../../view/table.tsx'
import { When } from '../../view/time.tsx'
import { type DecisionsQuery, decisionsQuery, Filters, searchOf } from './filters.tsx'
import { OutcomeBadge, ReasonBadge } from './tones.tsx'

const DecisionLink = ({ id, text }: Pick<ListedDecision, 'id' | 'text'>) => (
  <a href={address(`/decisions/${segment(id)}`)}>
    {text === null || text === '' ? <span class="muted">text not stored</span> : visible(text)}
  </a>
)

const COLUMNS: readonly Column<ListedDecision>[] = [
  { title: 'time', cell: ({ createdAtMs }) => <When ms={createdAtMs} /> },
  { title: 'prompt', isWide: true, cell: (row) => <DecisionLink {...row} /> },
  { title: 'route', cell: ({ route }) => route },
  { title: 'reason', cell: ({ reason }) => <ReasonBadge reason={reason} /> },
  { title: 'confidence', isNumber: true, cell: ({ confidence }) => ratio(confidence) },
  { title: 'model', cell: ({ model }) => model },
  { title: 'outcome', cell: ({ outcome }) => <OutcomeBadge outcome={outcome} /> },
  { title: 'first token', isNumber: true, cell: ({ firstTokenMs }) => milliseconds(firstTokenMs) },
  { title: 'total', isNumber: true, cell: ({ totalMs }) => milliseconds(totalMs) },
  { title: 'cost', isNumber: true, cell: ({ costUsd }) => usd(costUsd) },
  { title: 'votes', isNumber: true, cell: ({ votes }) => (votes === 0 ? '' : String(votes)) },
]

const More = ({ page }: { page: DecisionSearchPage }) => {
  const { query } = useDesk()
  const { nextCursor, isPartial } = page
  const href = nextCursor === null ? null : address('/decisions', { ...query, before: nextCursor })
  return (
    <>
      {isPartial ? (
        <Notice tone="info">
          The newest two thousand were looked through; older ones may match, too.
        </Notice>
      ) : null}
      <NextPage href={href} label={isPartial ? 'Look further back' : 'Older'} />
    </>
  )
}

const isNarrowed = (query: DecisionsQuery): boolean =>
  Object.entries(query).some(([name, value]) => name !== 'before' && value !== null)

export const decisionList = definePage({
  path: '/decisions',
  title: 'Decisions',
  nav: 'Decisions',
  query: decisionsQuery,
  view: async ({ deps }, { query }) => {
    const page = await deps.store.searchDecisions(searchOf(query))
    const empty = isNarrowed(query)
      ? 'No decision matches.'
      : 'No decision yet: send a prompt to /v1/chat/completions, or try one.'
    return (
      <>
        <Filters query={query} />
        <Card title={query.before === null ? 'Newest' : 'Older'} id="decisions">
          <Live id="list" isLive={query.before === null}>
            <Table caption="Decisions" rows={page.decisions} empty={empty} columns={COLUMNS} />
            <More page={page} />
          </Live>
        </Card>
      </>
    )
  },
})
