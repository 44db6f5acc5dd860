// Sums by one dimension: each name leads to its decisions.
import type { UsagePercentiles, UsageSum } from '../../../core/records/usage.ts'
import { address } from '../../view/address.ts'
import { count, milliseconds, percent, usd } from '../../view/figures.ts'
import { Card } from '../../view/parts.tsx'
import { type Column, Table } from '../../view/table.tsx'
import { total } from './read.ts'

interface SumsProps {
  title: string
  /** The filter of the list of decisions. */
  by: 'route' | 'model' | 'reason' | 'key'
  sums: readonly UsageSum[]
  times?: readonly UsagePercentiles[]
}

/** More would be a page of its own. */
const SHOWN = 12

const columnsOf = ({ by, sums, times }: SumsProps): readonly Column<UsageSum>[] => {
  const all = total(sums, ({ requests }) => requests)
  const timed = (sum: UsageSum) =>
    times?.find(({ name, kind }) => name === sum.name && kind === 'first_token')
  const timeColumns: readonly Column<UsageSum>[] = [
    { title: 'median', isNumber: true, cell: (s) => milliseconds(timed(s)?.p50Ms ?? null) },
    { title: '95 %', isNumber: true, cell: (s) => milliseconds(timed(s)?.p95Ms ?? null) },
  ]
  return [
    {
      title: by,
      isWide: true,
      cell: ({ name }) =>
        name === '' ? (
          <span class="muted">no key</span>
        ) : (
          <a href={address('/decisions', { [by]: name })}>{name}</a>
        ),
    },
    { title: 'requests', isNumber: true, cell: ({ requests }) => count(requests) },
    { title: 'share', isNumber: true, cell: ({ requests }) => percent(requests / all) },
    ...(times ? timeColumns : []),
    { title: 'spend', isNumber: true, cell: ({ costUsd }) => usd(costUsd) },
    { title: 'no price', isNumber: true, cell: ({ unpriced }) => count(unpriced) },
  ]
}

export const SumsCard = (props: SumsProps) => {
  const { title, sums, times } = props
  const note = times ? <span class="note">times are of the first token</span> : null
  return (
    <Card title={title} aside={note}>
      <Table
        caption={title}
        rows={sums.slice(0, SHOWN)}
        empty="No request ended in this time."
        columns={columnsOf(props)}
      />
    </Card>
  )
}
