// What a configuration would change: keys by their paths, what waits for a restart, and how past decisions would come out.
import type { PropsWithChildren } from 'hono/jsx'

import type { ConfigChange } from '../../../config/diff-configs.ts'
import type { ConfigPlan } from '../../../config/plan-config.ts'
import { address, segment } from '../../view/address.ts'
import { Badge, Card, Notice } from '../../view/parts.tsx'
import { Table } from '../../view/table.tsx'

const MOST = 200
const TONES = { added: 'good', removed: 'bad', changed: 'info' } as const

const valueText = (value: unknown): string => (value === null ? '' : JSON.stringify(value))

export const Changes = ({ changes }: { changes: readonly ConfigChange[] }) => (
  <>
    <Table
      caption="Changes"
      rows={changes.slice(0, MOST)}
      empty="Nothing changes."
      columns={[
        { title: '', cell: ({ kind }) => <Badge tone={TONES[kind]}>{kind}</Badge> },
        { title: 'key', cell: ({ path }) => <span class="mono breaks">{path}</span> },
        {
          title: 'before',
          cell: ({ before }) => <del class="mono breaks">{valueText(before)}</del>,
        },
        { title: 'after', cell: ({ after }) => <ins class="mono breaks">{valueText(after)}</ins> },
      ]}
    />
    {changes.length > MOST ? <p class="note">and {changes.length - MOST} more</p> : null}
  </>
)

const Moves = ({ replay }: { replay: NonNullable<ConfigPlan['replay']> }) => (
  <>
    {replay.moves.length === 0 ? null : (
      <Table
        caption="Routes that decisions would move between"
        rows={replay.moves.slice(0, 20)}
        empty=""
        columns={[
          { title: 'from', cell: ({ from }) => from },
          { title: 'to', cell: ({ to }) => to },
          { title: 'decisions', isNumber: true, cell: ({ decisions }) => String(decisions) },
        ]}
      />
    )}
    {replay.examples.length === 0 ? null : (
      <Table
        caption="Examples"
        rows={replay.examples.slice(0, 10)}
        empty=""
        columns={[
          { title: 'from → to', cell: ({ from, to }) => `${from} → ${to}` },
          {
            title: 'decision',
            isWide: true,
            cell: ({ decisionId, text }) => (
              <a href={address(`/decisions/${segment(decisionId)}`)}>{text ?? decisionId}</a>
            ),
          },
        ]}
      />
    )}
  </>
)

export const Plan = ({ plan, children }: PropsWithChildren<{ plan: ConfigPlan }>) => (
  <Card title={plan.changes.length === 0 ? 'Nothing changes' : 'What would change'}>
    <p>
      <span class="mono">{plan.from}</span> → <span class="mono">{plan.to}</span>. {plan.summary}
    </p>
    {plan.restartRequired.length === 0 ? null : (
      <Notice tone="warn">Only after a restart: {plan.restartRequired.join(', ')}</Notice>
    )}
    <Changes changes={plan.changes} />
    {plan.replay ? <Moves replay={plan.replay} /> : null}
    <div class="after">{children}</div>
  </Card>
)
