// The first page: what came in, where it went, and what it cost.
import { z } from 'zod'
import type { UsageDimension, UsageSum } from '../../../core/records/usage.ts'
import type { Desk } from '../../request/desk.ts'
import { definePage } from '../../request/part.ts'
import { count, percent, usd } from '../../view/figures.ts'
import { Card, Grid, Tile, Tiles } from '../../view/parts.tsx'
import { Table } from '../../view/table.tsx'

const PARTS: [by: UsageDimension, title: string][] = [
  ['route', 'Routes'],
  ['model', 'Models'],
  ['reason', 'Reasons'],
]

const sumsBy = ({ deps, range }: Desk, by: UsageDimension): Promise<UsageSum[]> => {
  const { grain, fromMs, toMs } = range
  return deps.store.usage({ grain, fromMs, toMs, by })
}

const total = (sums: readonly UsageSum[], of: (sum: UsageSum) => number): number =>
  sums.reduce((all, sum) => all + of(sum), 0)

const Sums = ({ title, sums }: { title: string; sums: UsageSum[] }) => {
  const all = total(sums, ({ requests }) => requests)
  return (
    <Card title={title}>
      <Table
        caption={title}
        rows={sums}
        empty="No request ended in this time."
        columns={[
          { title: 'name', isWide: true, cell: ({ name }) => name || '–' },
          { title: 'requests', isNumber: true, cell: ({ requests }) => count(requests) },
          { title: 'share', isNumber: true, cell: ({ requests }) => percent(requests / all) },
          { title: 'spend', isNumber: true, cell: ({ costUsd }) => usd(costUsd) },
        ]}
      />
    </Card>
  )
}

export const overview = definePage({
  path: '/',
  title: 'Overview',
  nav: 'Overview',
  hasRange: true,
  query: z.object({}),
  view: async (desk) => {
    const outcomes = await sumsBy(desk, 'outcome')
    const parts = await Promise.all(PARTS.map(([by]) => sumsBy(desk, by)))
    const failed = outcomes.filter(({ name }) => name === 'failed')
    return (
      <>
        <Tiles>
          <Tile name="Requests" value={count(total(outcomes, ({ requests }) => requests))} />
          <Tile name="Failed" value={count(total(failed, ({ requests }) => requests))} />
          <Tile
            name="Spend"
            value={usd(total(outcomes, ({ costUsd }) => costUsd))}
            note={`${count(total(outcomes, ({ unpriced }) => unpriced))} at an unknown price`}
          />
        </Tiles>
        <Grid>
          {PARTS.map(([, title], i) => (
            <Sums title={title} sums={parts[i] ?? []} />
          ))}
        </Grid>
      </>
    )
  },
})
