// One route's exemplars as a table: text, account, what was said of each, and what can be done with it.
import { NONE_ROUTE } from '../../../core/types.ts'
import { segment } from '../../view/address.ts'
import { useDesk } from '../../view/context.ts'
import { percent } from '../../view/figures.ts'
import { ActionButton, ActionForm, Select } from '../../view/forms.tsx'
import { Badge } from '../../view/parts.tsx'
import { type Column, Table, TableRow } from '../../view/table.tsx'
import type { ShownExemplar } from './exemplar-list.ts'

/** As `quarantine` reckons: less blame is an accident. */
const HARMFUL = 0.9

export const rowId = ({ exemplar }: Pick<ShownExemplar, 'exemplar'>): string =>
  `exemplar-${exemplar.id.replace(/[^\w-]/g, '_')}`

const actionPath = ({ exemplar }: ShownExemplar, action: string): string =>
  `/routes/${segment(exemplar.route)}/${action}`

const EDITED = {
  added: () => 'new at the next build',
  removed: () => 'gone at the next build',
  moved: (to: string) => `goes to ${to}`,
}

const State = ({ shown }: { shown: ShownExemplar }) => {
  const { account, edit, exemplar } = shown
  if (edit?.kind === 'moved' && edit.exemplar.id === exemplar.id) {
    return <Badge tone="info">{EDITED.moved(edit.to.route)}</Badge>
  }
  if (edit !== null && edit.kind !== 'moved') {
    return <Badge tone="info">{EDITED[edit.kind]()}</Badge>
  }
  if (account?.ruling?.action === 'quarantine') return <Badge tone="warn">quarantined</Badge>
  if (account?.ruling) return <Badge tone="good">kept by {account.ruling.author}</Badge>
  if ((account?.harmChance ?? 0) >= HARMFUL) return <Badge tone="bad">likely harmful</Badge>
  return <span class="muted">{exemplar.source}</span>
}

const Text = ({ shown: { exemplar } }: { shown: ShownExemplar }) => (
  <details class="text">
    <summary>
      <bdi>{exemplar.text.slice(0, 300)}</bdi>
    </summary>
    <pre>{exemplar.text}</pre>
    <p class="note mono">{exemplar.id}</p>
  </details>
)

const Move = ({ shown }: { shown: ShownExemplar }) => {
  const { deps } = useDesk()
  const { route, id } = shown.exemplar
  const others = [...Object.keys(deps.config.routes), NONE_ROUTE].filter((name) => name !== route)
  return (
    <ActionForm action={actionPath(shown, 'move')} target={`#${rowId(shown)}`}>
      <input type="hidden" name="id" value={id} />
      <Select name="to" label="Move to" options={others} />
      <button type="submit">Move</button>
    </ActionForm>
  )
}

const Actions = ({ shown }: { shown: ShownExemplar }) => {
  const { mayAct } = useDesk()
  if (!mayAct || shown.edit !== null) return null
  const { exemplar, account } = shown
  const isOut = account?.ruling?.action === 'quarantine'
  const target = `#${rowId(shown)}`
  return (
    <details class="menu">
      <summary>Change</summary>
      <div class="row">
        <ActionButton
          action={actionPath(shown, 'rule')}
          values={{ id: exemplar.id, action: isOut ? 'release' : 'quarantine' }}
          target={target}
        >
          {isOut ? 'Restore' : 'Quarantine'}
        </ActionButton>
        <Move shown={shown} />
        <ActionButton
          action={actionPath(shown, 'remove')}
          values={{ id: exemplar.id }}
          target={target}
          tone="danger"
          confirm="Remove this line from the training data?"
        >
          Remove
        </ActionButton>
      </div>
    </details>
  )
}

const vote = (value: number | undefined): string => (value ? value.toFixed(1) : '–')

export const EXEMPLAR_COLUMNS: readonly Column<ShownExemplar>[] = [
  { title: 'exemplar', isWide: true, cell: (shown) => <Text shown={shown} /> },
  { title: 'right', isNumber: true, cell: ({ account }) => vote(account?.credit) },
  { title: 'wrong', isNumber: true, cell: ({ account }) => vote(account?.blame) },
  {
    title: 'does harm',
    isNumber: true,
    cell: ({ account }) =>
      account && account.credit + account.blame > 0 ? percent(account.harmChance, 0) : '–',
  },
  { title: 'state', cell: (shown) => <State shown={shown} /> },
  { title: '', cell: (shown) => <Actions shown={shown} /> },
]

export const ExemplarRow = ({ shown }: { shown: ShownExemplar }) => (
  <TableRow columns={EXEMPLAR_COLUMNS} row={shown} id={rowId(shown)} />
)

export const ExemplarTable = ({ rows, empty }: { rows: ShownExemplar[]; empty: string }) => (
  <Table caption="Exemplars" rows={rows} empty={empty} columns={EXEMPLAR_COLUMNS} rowId={rowId} />
)
