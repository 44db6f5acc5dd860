// One route: its figures, its exemplars with their accounts, and a form for one more.
import { z } from 'zod'
import { NONE_ROUTE } from '../../../core/types.ts'
import { RouterError } from '../../../errors.ts'
import { definePage } from '../../request/part.ts'
import { address } from '../../view/address.ts'
import { useDesk } from '../../view/context.ts'
import { count, percent, ratio } from '../../view/figures.ts'
import { ActionForm, Field, Select } from '../../view/forms.tsx'
import { Card, Empty, Tile, Tiles } from '../../view/parts.tsx'
import { NextPage } from '../../view/table.tsx'
import { Mistakes, mistakesOf } from './confusion.tsx'
import { type ExemplarPage, readExemplars } from './exemplar-list.ts'
import { ExemplarTable } from './exemplar-table.tsx'
import { type RouteFigures, type RoutesState, readRoutes } from './route-figures.ts'
import { routePath } from './route-path.ts'

const rivalNote = ({ quality }: RouteFigures): string =>
  quality?.rival ? `${count(quality.rival.rows)} held-out prompts mistaken` : 'never mistaken'

const Figures = ({ figures }: { figures: RouteFigures }) => {
  const { quality, threshold, isThresholdFitted, exemplars, models } = figures
  return (
    <Tiles>
      <Tile name="Exemplars" value={count(exemplars)} note="of the generation that serves" />
      <Tile
        name="Precision"
        value={percent(quality?.precision ?? null)}
        note={quality ? `recall ${percent(quality.recall)}` : 'not measured'}
      />
      <Tile
        name="Threshold"
        value={ratio(threshold)}
        note={isThresholdFitted ? 'fitted at the build' : 'configured'}
      />
      <Tile name="Nearest rival" value={quality?.rival?.route ?? '–'} note={rivalNote(figures)} />
      <Tile name="Models" value={count(models.length)} note={models.join(', ')} />
    </Tiles>
  )
}

const AddForm = ({ route }: { route: string }) => {
  const { mayAct } = useDesk()
  if (!mayAct) return null
  return (
    <Card title="Add an exemplar">
      <ActionForm action={`${routePath(route)}/add`} class="stack" target="#notice">
        <label class="field">
          <span>A prompt that belongs to {route === NONE_ROUTE ? 'no route' : route}</span>
          <textarea name="text" required rows={3}></textarea>
        </label>
        <div class="row">
          <button type="submit" class="main">
            Add
          </button>
          <label>
            <input type="checkbox" name="force" value="yes" /> also where it is nearly another's
            text
          </label>
        </div>
      </ActionForm>
    </Card>
  )
}

const ORDERS = [
  ['id', 'just edited first'],
  ['harm', 'likeliest to do harm first'],
] as const

interface ListProps {
  route: string
  page: ExemplarPage
  query: { q: string; order: string }
}

const List = ({ route, page, query }: ListProps) => (
  <Card title="Exemplars" aside={<span class="muted">{count(page.found)} found</span>}>
    <form class="filters" method="get">
      <Field name="q" label="Words in the text" type="search" value={query.q} />
      <Select name="order" label="Order" options={ORDERS} value={query.order} />
      <button type="submit">Show</button>
    </form>
    <ExemplarTable
      rows={page.rows}
      empty={query.q === '' ? 'This route has no exemplars yet.' : 'No exemplar has these words.'}
    />
    <NextPage
      label="More"
      href={page.next === null ? null : address(routePath(route), { ...query, after: page.next })}
    />
  </Card>
)

const MistakesOf = ({ state, route }: { state: RoutesState; route: string }) => {
  if (state.routing === null) return null
  const own = mistakesOf(state.routing).filter(
    ({ label, taken }) => label === route || taken === route,
  )
  return (
    <Card title="Mistakes on held-out prompts">
      {own.length === 0 ? <Empty>None.</Empty> : <Mistakes mistakes={own} />}
    </Card>
  )
}

export const route = definePage({
  path: '/routes/:route',
  title: ({ route = '' }) => route,
  query: z.object({
    q: z.string().max(200).catch(''),
    after: z.string().max(128).catch(''),
    order: z.enum(['id', 'harm']).catch('id'),
  }),
  view: async ({ deps }, { query, params }) => {
    const name = params.route ?? ''
    const state = await readRoutes(deps)
    const figures = state.routes.find((one) => one.route === name)
    if (!figures) throw new RouterError('not_found', `There is no route "${name}".`)
    const { q, after, order } = query
    const page = await readExemplars(deps, { route: name, words: q, after, order })
    return (
      <>
        <p class="lead">
          <a href={address('/routes')}>All routes</a>{' '}
          <span class="muted">{figures.description}</span>
        </p>
        <Figures figures={figures} />
        <List route={name} page={page} query={{ q, order }} />
        <div class="grid">
          <AddForm route={name} />
          <MistakesOf state={state} route={name} />
        </div>
      </>
    )
  },
})
