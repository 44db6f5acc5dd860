// The distribution of a generation's classifications: confidence, best routes and abstentions in counts, positions in sums. Measured
// on the held-out prompts when a generation is built, and compared with the traffic while it serves.
import { addToSums, emptySums, type PositionSums, type PromptPosition } from './prompt-position.ts'

/** One prompt's own classification, without inheritance. */
export interface ShapeRow {
  /** Best route before thresholds; null where nothing was classified. */
  top: string | null
  /** 0 to 1. */
  confidence: number
  /** No route was taken. */
  isAbstained: boolean
  /** Its novelty was above the limit. */
  isNovel: boolean
  /** Null where it is not known. */
  position: PromptPosition | null
}

export interface TrafficShape {
  rows: number
  abstained: number
  novel: number
  /** Rows by confidence, in tenths. */
  confidence: number[]
  /** Rows by best route. */
  routes: Record<string, number>
  /** Null where no row had one, and in shapes stored before there were any. */
  positions: PositionSums | null
}

export const CONFIDENCE_BINS = 10

export const emptyShape = (): TrafficShape => ({
  rows: 0,
  abstained: 0,
  novel: 0,
  confidence: Array.from({ length: CONFIDENCE_BINS }, () => 0),
  routes: {},
  positions: null,
})

export const binOf = (confidence: number): number =>
  Math.min(CONFIDENCE_BINS - 1, Math.max(0, Math.floor(confidence * CONFIDENCE_BINS)))

export const addToShape = (shape: TrafficShape, row: ShapeRow): void => {
  const bin = binOf(row.confidence)
  shape.rows += 1
  shape.abstained += row.isAbstained ? 1 : 0
  shape.novel += row.isNovel ? 1 : 0
  shape.confidence[bin] = (shape.confidence[bin] ?? 0) + 1
  if (row.top !== null) shape.routes[row.top] = (shape.routes[row.top] ?? 0) + 1
  if (row.position === null) return
  shape.positions ??= emptySums(row.position)
  addToSums(shape.positions, row.position)
}

export const shapeOf = (rows: readonly ShapeRow[]): TrafficShape => {
  const shape = emptyShape()
  for (const row of rows) addToShape(shape, row)
  return shape
}

const PREFIX = 'shape:'

/** A route's number is that of its mean; those of the other means have no name. */
const positionFigures = (positions: PositionSums | null): [string, number][] => {
  if (positions === null) return []
  const { rows, routes, mean, products } = positions
  return [
    [`${PREFIX}position:rows`, rows],
    ...mean.map((value, i): [string, number] => [
      `${PREFIX}position:mean:${i}:${routes[i] ?? ''}`,
      value,
    ]),
    ...products.map((value, i): [string, number] => [`${PREFIX}position:product:${i}`, value]),
  ]
}

/** The shape as numbers by name, as a manifest stores figures of the held-out prompts. */
export const shapeFigures = ({ rows, abstained, novel, ...of }: TrafficShape) =>
  Object.fromEntries<number>([
    [`${PREFIX}rows`, rows],
    [`${PREFIX}abstained`, abstained],
    [`${PREFIX}novel`, novel],
    ...of.confidence.map((count, bin): [string, number] => [`${PREFIX}confidence:${bin}`, count]),
    ...Object.entries(of.routes).map(([route, count]): [string, number] => [
      `${PREFIX}route:${route}`,
      count,
    ]),
    ...positionFigures(of.positions),
  ])

export const isShapeFigure = (name: string): boolean => name.startsWith(PREFIX)

/** By the number between the two colons behind `kind`. */
const numbered = (figures: Readonly<Record<string, number>>, kind: string) =>
  Object.entries(figures)
    .filter(([name]) => name.startsWith(`${PREFIX}position:${kind}:`))
    .map(([name, value]) => {
      const [at = '', ...rest] = name.slice(`${PREFIX}position:${kind}:`.length).split(':')
      return { at: Number(at), name: rest.join(':'), value }
    })
    .sort((a, b) => a.at - b.at)

const readPositions = (figures: Readonly<Record<string, number>>): PositionSums | null => {
  const rows = figures[`${PREFIX}position:rows`]
  if (rows === undefined) return null
  const means = numbered(figures, 'mean')
  return {
    rows,
    routes: means.map(({ name }) => name).filter((name) => name !== ''),
    mean: means.map(({ value }) => value),
    products: numbered(figures, 'product').map(({ value }) => value),
  }
}

/** Null where the figures hold no shape: generations built before it was stored. */
export const readShape = (
  figures: Readonly<Record<string, number>> | null,
): TrafficShape | null => {
  const at = (name: string): number => figures?.[`${PREFIX}${name}`] ?? 0
  if (at('rows') === 0) return null
  const ofRoute = `${PREFIX}route:`
  const routes = Object.entries(figures ?? {}).filter(([name]) => name.startsWith(ofRoute))
  return {
    rows: at('rows'),
    abstained: at('abstained'),
    novel: at('novel'),
    confidence: emptyShape().confidence.map((_, bin) => at(`confidence:${bin}`)),
    routes: Object.fromEntries(routes.map(([name, count]) => [name.slice(ofRoute.length), count])),
    positions: figures && readPositions(figures),
  }
}

/** Shannon entropy in nats: 0 where all prompts go to one route. */
export const entropyOf = (counts: Readonly<Record<string, number>>): number => {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return Object.values(counts).reduce((sum, count) => {
    const share = count / total
    return count === 0 ? sum : sum - share * Math.log(share)
  }, 0)
}
