// The map: exemplars and recent prompts in two dimensions, near ones beside each other. Drawn by map.js; a picture where there is no
// JavaScript. What is chosen there, or by the form, is listed below, and can be labelled, left out or made a route of.
import { z } from 'zod'
import { RouterError } from '../../../errors.ts'
import type { DeskMap } from '../../request/deps.ts'
import type { Desk } from '../../request/desk.ts'
import { defineData, definePage } from '../../request/part.ts'
import { address } from '../../view/address.ts'
import { count } from '../../view/figures.ts'
import { ActionForm, Field, Select } from '../../view/forms.tsx'
import { Card, Empty } from '../../view/parts.tsx'
import { Legend } from './legend.tsx'
import { mapPicture } from './map-picture.ts'
import { COLOURINGS, type MapQuery, mapPoints, mapQuery, routesOf } from './map-points.ts'

const KINDS: Record<DeskMap['kind'], string> = {
  layout: 'with near prompts beside each other (UMAP)',
  axes: 'along the two main directions (PCA)',
}

const Choices = ({ by, layout }: MapQuery) => (
  <form class="filters" method="get">
    <Select name="by" label="coloured by" value={by} options={COLOURINGS} />
    <Select
      name="layout"
      label="laid out"
      value={layout}
      options={[
        ['layout', KINDS.layout],
        ['axes', KINDS.axes],
      ]}
    />
    <button type="submit">Show</button>
  </form>
)

const HINT = 'Rings are recent prompts. Drag to move, Ctrl and the wheel to come closer.'

/** map.js says `data-done` once the layout is there. */
const Note = ({ map: { kind, isPending } }: { map: DeskMap }) => (
  <p class="note" id="map-note" data-done={`Shown ${KINDS.layout}. ${HINT}`}>
    {isPending
      ? `Shown ${KINDS.axes} until the layout is made, which takes some seconds once for each generation.`
      : `Shown ${KINDS[kind]}. ${HINT}`}
  </p>
)

const Tools = () => (
  <div class="row needs-script">
    <button type="button" data-map-tool="lasso" aria-pressed="false">
      Lasso
    </button>
    <button type="button" data-map-tool="closer" aria-label="Closer">
      +
    </button>
    <button type="button" data-map-tool="farther" aria-label="Farther">
      −
    </button>
    <button type="button" data-map-tool="whole">
      Whole map
    </button>
  </div>
)

const Drawing = ({ map, query }: { map: DeskMap; query: MapQuery }) => {
  const { by, layout } = query
  const says = `${count(map.exemplars.length)} exemplars and recent prompts, coloured by ${by}`
  return (
    <div class="map-box">
      <canvas
        class="map needs-script"
        role="img"
        aria-label={says}
        data-map={address('/map/points', { by, layout })}
        data-map-text={address('/map/text')}
      ></canvas>
      <p class="map-tip" hidden></p>
      <noscript>
        <img class="map" src={address('/map/picture', { by, layout })} alt={says} />
      </noscript>
    </div>
  )
}

/** What the lasso gives, for the keyboard and for browsers without JavaScript. */
const ChooseForm = ({ routes }: { routes: readonly string[] }) => (
  <ActionForm action="/map/selection" target="#selection" class="filters" id="choose">
    <Select name="route" label="exemplars of" none="any route" options={routes} />
    <Field name="words" label="whose text has" />
    <Select
      name="unsure"
      label="and"
      none="however sure"
      options={[['yes', 'held unlikely for their route']]}
    />
    <input type="hidden" name="positions" value="" />
    <input type="hidden" name="decisions" value="" />
    <input type="hidden" name="generation" value="" />
    <button type="submit">Choose</button>
  </ActionForm>
)

const noMap = (): RouterError =>
  new RouterError('index_unavailable', 'No index serves yet, so there is nothing to draw.')

const mapOf = async ({ deps }: Desk, { layout }: MapQuery): Promise<DeskMap> => {
  const map = await deps.map(layout)
  if (map === null) throw noMap()
  return map
}

const page = definePage({
  path: '/map',
  title: 'Map',
  nav: 'Map',
  scripts: ['map.js'],
  query: mapQuery,
  view: async (desk, { query }) => {
    const map = await desk.deps.map(query.layout)
    if (map === null) return <Empty>No index serves yet: there is nothing to draw.</Empty>
    const routes = routesOf(map)
    return (
      <>
        <Card title={`Generation ${map.generation}`} aside={<Tools />}>
          <Choices {...query} />
          <Note map={map} />
          <div class="map-row">
            <Drawing map={map} query={query} />
            <Legend map={map} by={query.by} />
          </div>
        </Card>
        <div id="map-chosen"></div>
        <Card title="Choose many">
          <ChooseForm routes={routes} />
          <div id="selection"></div>
        </Card>
      </>
    )
  },
})

const points = defineData({
  path: '/map/points',
  query: mapQuery,
  type: 'application/json',
  read: async (desk, { query }) =>
    JSON.stringify(await mapPoints(desk, await mapOf(desk, query), query)),
})

const picture = defineData({
  path: '/map/picture',
  query: mapQuery,
  type: 'image/svg+xml',
  read: async (desk, { query }) =>
    mapPicture(await mapPoints(desk, await mapOf(desk, query), query)),
})

/** What stands at a point: an exemplar by its position, or a decision by its id. */
const text = defineData({
  path: '/map/text',
  query: z.object({
    exemplar: z.coerce.number().int().nonnegative().optional().catch(undefined),
    decision: z.string().max(64).optional().catch(undefined),
  }),
  type: 'application/json',
  read: async (desk, { query }) => {
    if (query.decision !== undefined) {
      const decision = await desk.deps.store.getDecision(query.decision)
      return JSON.stringify({ route: decision?.route, text: decision?.routingText.text ?? '' })
    }
    const map = await mapOf(desk, { by: 'route', layout: 'axes' })
    const exemplar = map.exemplars[query.exemplar ?? -1]
    return JSON.stringify({ route: exemplar?.route, text: exemplar?.text ?? '' })
  },
})

export const mapParts = [page, points, picture, text]
