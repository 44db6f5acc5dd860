// What the colours of the map say, with figures: the map for those who do not see it.
import type { DeskMap } from '../../request/deps.ts'
import { count } from '../../view/figures.ts'
import { Table } from '../../view/table.tsx'
import { type Colouring, routesOf } from './map-points.ts'

/** Eight colours, round points and then square ones: as map.js draws them. */
const Swatch = ({ of }: { of: number }) => {
  const colour = `swatch k${(of % 8) + 1}`
  return (
    <svg class={colour} viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
      {of % 16 < 8 ? <circle cx="5" cy="5" r="4.5" /> : <rect width="9" height="9" />}
    </svg>
  )
}

const Routes = ({ map, isColoured }: { map: DeskMap; isColoured: boolean }) => {
  const counts = new Map<string, number>()
  for (const { route } of map.exemplars) counts.set(route, (counts.get(route) ?? 0) + 1)
  const rows = routesOf(map).map((route, i) => ({ route, i, exemplars: counts.get(route) ?? 0 }))
  return (
    <Table
      caption="Routes on the map"
      rows={rows}
      empty="There are no exemplars."
      columns={[
        {
          title: 'route',
          cell: ({ route, i }) => (
            <>
              {isColoured ? <Swatch of={i} /> : null}{' '}
              <button type="button" class="plain" data-map-route={String(i)} aria-pressed="false">
                {route}
              </button>
            </>
          ),
        },
        { title: 'exemplars', isNumber: true, cell: ({ exemplars }) => count(exemplars) },
      ]}
    />
  )
}

const ENDS: Record<Exclude<Colouring, 'route'>, [low: string, high: string, unknown: string]> = {
  confidence: [
    'held unlikely for its route',
    'sure',
    'not judged (beyond 4,000 exemplars every other one is)',
  ],
  votes: ['harmful by votes', 'right by votes', 'no vote counted'],
  novelty: ['like another one', 'unlike all others', 'not known yet'],
}

const Steps = ({ map, by }: { map: DeskMap; by: Exclude<Colouring, 'route'> }) => {
  const [low, high, unknown] = ENDS[by]
  if (by === 'confidence' && map.unseen === null) {
    return <p class="note">This generation does not keep it; the next build does.</p>
  }
  return (
    <>
      <svg class="ramp" viewBox="0 0 100 12" width="200" height="24" aria-hidden="true">
        {[1, 2, 3, 4, 5].map((step) => (
          <rect class={`s${step}`} x={String((step - 1) * 20)} width="20" height="12" />
        ))}
      </svg>
      <p class="note">{`from ${low} to ${high}; grey: ${unknown}`}</p>
    </>
  )
}

export const Legend = ({ map, by }: { map: DeskMap; by: Colouring }) => (
  <div class="map-legend">
    {by === 'route' ? null : <Steps map={map} by={by} />}
    <Routes map={map} isColoured={by === 'route'} />
  </div>
)
