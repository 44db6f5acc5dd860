// The models: what they cost and how fast they were, how their providers do now, and what they are worth on each route.
import { z } from 'zod'
import { definePage } from '../../request/part.ts'
import { Card } from '../../view/parts.tsx'
import { readModels } from './model-rows.ts'
import { NowTable, UsedTable } from './model-table.tsx'
import { readOutcomes, routesWithOutcomes } from './outcome-figures.ts'
import { OutcomesCard } from './outcomes-card.tsx'

export const models = definePage({
  path: '/models',
  title: 'Models',
  nav: 'Models',
  hasRange: true,
  query: z.object({ route: z.string().max(64).catch('') }),
  view: async (desk, { query: { route } }) => {
    const rows = await readModels(desk)
    const routes = routesWithOutcomes(desk.deps)
    const chosen = routes.includes(route) ? route : (routes[0] ?? '')
    return (
      <>
        <Card title={`In the last ${desk.range.label}`}>
          <UsedTable rows={rows} />
          <p class="note">Medians and 95th percentiles, to a twentieth.</p>
        </Card>
        <Card title="Now">
          <NowTable rows={rows} />
        </Card>
        <OutcomesCard routes={routes} outcomes={readOutcomes(desk.deps, chosen)} />
      </>
    )
  },
})
