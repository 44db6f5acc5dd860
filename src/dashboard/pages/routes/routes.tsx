// Every route: how many exemplars it has, how well it does on held-out prompts, and which other it is mistaken for.
import { z } from 'zod'
import type { UsageSum } from '../../../core/records/usage.ts'
import { NONE_ROUTE } from '../../../core/types.ts'
import { definePage } from '../../request/part.ts'
import { address } from '../../view/address.ts'
import { count, percent, ratio } from '../../view/figures.ts'
import { Badge, Card, Grid, Meter } from '../../view/parts.tsx'
import { type Column, Table } from '../../view/table.tsx'
import { Confusion, MistakesCard } from './confusion.tsx'
import { Quality } from './quality.tsx'
import { type RouteFigures, type RoutesState, readRoutes } from './route-figures.ts'
import { routePath } from './route-path.ts'

const Name = ({ figures, state }: { figures: RouteFigures; state: RoutesState }) => {
  const { route, description, models } = figures
  return (
    <>
      <a href={address(routePath(route))}>{route}</a>{' '}
      {state.isDefault(route) ? <Badge>default</Badge> : null}
      {route !== NONE_ROUTE && models.length === 0 ? (
        <Badge tone="warn">not configured</Badge>
      ) : null}
      <div class="note clip">
        {route === NONE_ROUTE ? 'What belongs to no route.' : description}
      </div>
    </>
  )
}

const columnsOf = (state: RoutesState, used: Map<string, UsageSum>): Column<RouteFigures>[] => {
  const all = [...used.values()].reduce((sum, { requests }) => sum + requests, 0)
  return [
    { title: 'route', isWide: true, cell: (figures) => <Name figures={figures} state={state} /> },
    { title: 'exemplars', isNumber: true, cell: ({ exemplars }) => count(exemplars) },
    {
      title: 'precision',
      isNumber: true,
      cell: ({ quality }) => <Quality share={quality?.precision ?? null} />,
    },
    {
      title: 'recall',
      isNumber: true,
      cell: ({ quality }) => <Quality share={quality?.recall ?? null} />,
    },
    {
      title: 'threshold',
      isNumber: true,
      cell: ({ threshold }) => ratio(threshold),
    },
    {
      title: 'nearest rival',
      cell: ({ quality }) =>
        quality?.rival ? (
          <a href={address(routePath(quality.rival.route))}>{quality.rival.route}</a>
        ) : (
          '–'
        ),
    },
    {
      title: 'requests',
      isNumber: true,
      cell: ({ route }) => count(used.get(route)?.requests ?? 0),
    },
    {
      title: 'share',
      cell: ({ route }) => {
        const share = all === 0 ? 0 : (used.get(route)?.requests ?? 0) / all
        return <Meter share={share} label={percent(share)} />
      },
    },
  ]
}

export const routes = definePage({
  path: '/routes',
  title: 'Routes',
  nav: 'Routes',
  hasRange: true,
  query: z.object({}),
  view: async ({ deps, range }) => {
    const state = await readRoutes(deps)
    const { grain, fromMs, toMs } = range
    const sums = await deps.store.usage({ grain, fromMs, toMs, by: 'route' })
    const used = new Map(sums.map((sum) => [sum.name, sum]))
    return (
      <>
        <Card
          title={
            state.generation === null ? 'No index serves yet' : `Generation ${state.generation}`
          }
          aside={<a href={address('/routes/-/check')}>Check the training data</a>}
        >
          <Table
            caption="Routes"
            rows={state.routes}
            empty="No route is configured."
            columns={columnsOf(state, used)}
          />
        </Card>
        <Grid>
          <Confusion routing={state.routing} />
          <MistakesCard routing={state.routing} />
        </Grid>
      </>
    )
  },
})
