// Keys as they are kept: who may do what, what they have used of their limits, and the button that ends one.
import type { ListedKey } from '../../../access/key-admin.ts'
import type { MadeKey } from '../../../access/new-key.ts'
import type { KeyLimits, LimitName } from '../../../core/decide/gateway-key.ts'
import { LIMIT_SPANS, LIMIT_UNITS } from '../../../core/decide/gateway-key.ts'
import { address, segment } from '../../view/address.ts'
import { useDesk } from '../../view/context.ts'
import { compact, usd } from '../../view/figures.ts'
import { ActionButton } from '../../view/forms.tsx'
import { Badge, Card, Meter } from '../../view/parts.tsx'
import { type Column, NextPage, Table } from '../../view/table.tsx'
import { When } from '../../view/time.tsx'
import { ShownOnce } from './key-form.tsx'

const MOST = 50

/** A page of keys, the newest first. */
export interface KeyPage {
  keys: ListedKey[]
  /** Id of the last one shown, where there are older ones. */
  older: string | null
}

export const keyPage = (all: readonly ListedKey[], before: string | undefined): KeyPage => {
  const newest = all.toReversed()
  const from = before === undefined ? 0 : newest.findIndex(({ id }) => id === before) + 1
  const keys = newest.slice(from, from + MOST)
  return { keys, older: from + MOST < newest.length ? (keys.at(-1)?.id ?? null) : null }
}

const figure = (unit: string, value: number): string =>
  unit === 'budget_usd' ? usd(value) : `${compact(value)} ${unit}`

/** Each limit that holds, with what is used of it. */
const limitsOf = ({ limits, used }: ListedKey) =>
  LIMIT_UNITS.flatMap((unit) =>
    LIMIT_SPANS.flatMap((span) => {
      const most = (limits as KeyLimits)[`${unit}_per_${span}` as LimitName]
      return most === undefined ? [] : [{ unit, span, most, used: used[span][unit] }]
    }),
  )

const Limits = ({ of }: { of: ListedKey }) => {
  const limits = limitsOf(of)
  if (limits.length === 0) return <span class="muted">no limit</span>
  return (
    <>
      {limits.map(({ unit, span, most, used }) => (
        <div class="limit">
          <span>{`${figure(unit, used)} of ${figure(unit, most)} a ${span}`}</span>
          <Meter share={used / most} label={`${Math.round((100 * used) / most)} % used`} />
        </div>
      ))}
    </>
  )
}

const State = ({ of }: { of: ListedKey }) => {
  if (of.revokedAtMs !== null) return <Badge tone="bad">revoked</Badge>
  return of.isActive ? <Badge tone="good">active</Badge> : <Badge tone="warn">expired</Badge>
}

const Scope = ({ of }: { of: ListedKey }) => (
  <>
    <div class="row">
      {of.roles.map((role) => (
        <Badge tone={role === 'admin' ? 'warn' : 'quiet'}>{role}</Badge>
      ))}
    </div>
    {of.models ? <div class="note">models: {of.models.join(', ')}</div> : null}
    {of.routes ? <div class="note">routes: {of.routes.join(', ')}</div> : null}
  </>
)

const Revoke = ({ of }: { of: ListedKey }) => {
  const { principal } = useDesk()
  if (!of.isActive) return null
  const own = of.id === principal.id ? ' It is the one you are signed in with.' : ''
  return (
    <ActionButton
      action={`/access/keys/${segment(of.id)}/revoke`}
      target="#keys"
      tone="danger"
      confirm={`Revoke "${of.name}"? Its next request is refused.${own}`}
    >
      Revoke
    </ActionButton>
  )
}

const COLUMNS: Column<ListedKey>[] = [
  {
    title: 'name',
    cell: (key) => (
      <>
        <strong class="breaks">{key.name}</strong>
        <div class="note mono">{key.id}</div>
        {key.owner === null ? null : <div class="note breaks">of {key.owner}</div>}
      </>
    ),
  },
  { title: 'state', cell: (key) => <State of={key} /> },
  { title: 'may', cell: (key) => <Scope of={key} /> },
  { title: 'this month', isNumber: true, cell: ({ used }) => usd(used.month.budget_usd) },
  { title: 'requests', isNumber: true, cell: ({ used }) => compact(used.month.requests) },
  { title: 'limits', cell: (key) => <Limits of={key} /> },
  {
    title: 'made',
    cell: (key) => (
      <>
        <When ms={key.createdAtMs} form="date" />
        <div class="note">by {key.createdBy}</div>
        {key.expiresAtMs === null ? null : (
          <div class="note">
            expires <When ms={key.expiresAtMs} form="date" />
          </div>
        )}
      </>
    ),
  },
  { title: '', cell: (key) => <Revoke of={key} /> },
]

export const Keys = ({ page, made }: { page: KeyPage; made?: MadeKey }) => (
  <Card title="Keys" id="keys">
    {made === undefined ? null : <ShownOnce made={made} />}
    <Table
      caption="Keys"
      columns={COLUMNS}
      rows={page.keys}
      empty="There are no keys: everyone on this machine may use the server, and nobody beyond it. The first key closes it; make it one of the role admin."
    />
    <NextPage
      label="Older keys"
      href={page.older === null ? null : address('/access', { before: page.older })}
    />
  </Card>
)
