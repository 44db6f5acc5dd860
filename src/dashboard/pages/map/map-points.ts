// The points of the map: exemplars and recent prompts, where they are, of which route, and which of five steps a figure of theirs
// is in. In whole numbers: seven thousand exemplars take some forty kilobytes compressed.
import { z } from 'zod'
import type { StoredDecision } from '../../../core/records/stored-decision.ts'
import type { DeskMap } from '../../request/deps.ts'
import type { Desk } from '../../request/desk.ts'

export const COLOURINGS = ['route', 'confidence', 'votes', 'novelty'] as const
export type Colouring = (typeof COLOURINGS)[number]

export const mapQuery = z.object({
  by: z.enum(COLOURINGS).catch('route'),
  layout: z.enum(['layout', 'axes']).catch('layout'),
})
export type MapQuery = z.infer<typeof mapQuery>

/** Prompts beside the exemplars, the newest: two pages of the log. */
const RECENT_PAGES = 2
const PAGE = 50
const WIDTH = 1_000
export const STEPS = 5
const UNKNOWN = -1

/** A share → one of the steps; unknown ones apart. */
const stepOf = (share: number | null): number =>
  share === null || Number.isNaN(share)
    ? UNKNOWN
    : Math.max(0, Math.min(STEPS - 1, Math.floor(share * STEPS)))

/** Novelty counts from a cosine of 1 (said already) to 0.3 (nothing like it). */
const noveltyStep = (cosine: number | null): number =>
  cosine === null ? UNKNOWN : stepOf((1 - cosine) / 0.7)

const numberAt = (values: Float32Array | null, at: number): number | null => values?.[at] ?? null

/** Of each exemplar with votes: how likely it does no harm. */
const harmless = async ({ deps }: Desk): Promise<Map<string, number>> => {
  const accounts = await deps.admin.exemplars.list(100_000)
  return new Map(
    accounts
      .filter(({ credit, blame }) => credit + blame > 0)
      .map(({ exemplarId, harmChance }) => [exemplarId, 1 - harmChance]),
  )
}

const exemplarSteps = async (desk: Desk, map: DeskMap, by: Colouring): Promise<number[]> => {
  if (by === 'confidence') return map.exemplars.map((_, i) => stepOf(numberAt(map.unseen, i)))
  if (by === 'novelty') return map.exemplars.map((_, i) => noveltyStep(numberAt(map.nearest, i)))
  const good = await harmless(desk)
  return map.exemplars.map(({ id }) => stepOf(good.get(id) ?? null))
}

const promptStep = (decision: StoredDecision, by: Colouring): number => {
  if (by === 'confidence') return stepOf(decision.confidence)
  if (by === 'novelty') return noveltyStep(decision.neighbours[0]?.similarity ?? null)
  return UNKNOWN
}

const recentPrompts = async ({ deps }: Desk): Promise<StoredDecision[]> => {
  const found: StoredDecision[] = []
  let before: string | undefined
  for (let page = 0; page < RECENT_PAGES; page++) {
    const { decisions } = await deps.store.listDecisions({
      limit: PAGE,
      ...(before === undefined ? {} : { before }),
    })
    found.push(...decisions)
    before = decisions.at(-1)?.id
    if (decisions.length < PAGE) break
  }
  return found
}

const whole = (place: number): number => Math.round(((place + 1) / 2) * WIDTH)

/** Routes in the order of the alphabet: each has its colour by its place there. */
export const routesOf = ({ exemplars }: Pick<DeskMap, 'exemplars'>): string[] =>
  [...new Set(exemplars.map(({ route }) => route))].sort()

/** Columns: x, y, route, step. */
interface Columns {
  x: number[]
  y: number[]
  r: number[]
  v: number[]
}

const promptColumns = (
  map: DeskMap,
  decisions: readonly StoredDecision[],
  { routes, by }: { routes: readonly string[]; by: Colouring },
): Columns & { id: string[] } => {
  const columns = {
    id: [] as string[],
    x: [] as number[],
    y: [] as number[],
    r: [] as number[],
    v: [] as number[],
  }
  for (const decision of decisions) {
    const place = map.place(decision.neighbours)
    if (place === null) continue
    columns.id.push(decision.id)
    columns.x.push(whole(place[0]))
    columns.y.push(whole(place[1]))
    columns.r.push(routes.indexOf(decision.route))
    columns.v.push(promptStep(decision, by))
  }
  return columns
}

export const mapPoints = async (desk: Desk, map: DeskMap, { by }: MapQuery) => {
  const routes = routesOf(map)
  const numbers = new Map(routes.map((route, i) => [route, i]))
  const { exemplars, places } = map
  const steps = by === 'route' ? [] : await exemplarSteps(desk, map, by)
  return {
    generation: map.generation,
    kind: map.kind,
    isPending: map.isPending,
    by,
    routes,
    exemplars: {
      x: exemplars.map((_, i) => whole(places[i * 2] as number)),
      y: exemplars.map((_, i) => whole(places[i * 2 + 1] as number)),
      r: exemplars.map(({ route }) => numbers.get(route) as number),
      v: steps,
    } satisfies Columns,
    prompts: promptColumns(map, await recentPrompts(desk), { routes, by }),
  }
}

export type MapPoints = Awaited<ReturnType<typeof mapPoints>>
