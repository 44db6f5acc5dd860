// Metrics of a model selection over all budgets: the hull of its points of cost and quality, the area under it (AIQ: Hu et al. 2024,
// RouterBench, arXiv 2403.12031), and for two models the recovered performance gap (APGR: Ong et al. 2024, RouteLLM, arXiv
// 2406.18665). Also RouterArena's score of one point.

export interface CostQuality {
  /** Mean USD per prompt. */
  cost: number
  /** Mean score, 0 to 1. */
  quality: number
}

/** The Pareto frontier, cheapest first; the first of equal points. */
const frontier = (points: readonly CostQuality[]): CostQuality[] => {
  const sorted = points.toSorted((a, b) => a.cost - b.cost || b.quality - a.quality)
  const kept: CostQuality[] = []
  for (const point of sorted) if (point.quality > (kept.at(-1)?.quality ?? -1)) kept.push(point)
  return kept
}

/** Whether `b` lies on or under the line from `a` to `c`. */
const isUnder = (a: CostQuality, b: CostQuality, c: CostQuality): boolean =>
  (b.quality - a.quality) * (c.cost - a.cost) <= (c.quality - a.quality) * (b.cost - a.cost)

/** The non-decreasing upper convex hull, cheapest first: its edges are reached by mixing two points at random. */
export const hullOf = (points: readonly CostQuality[]): CostQuality[] => {
  const hull: CostQuality[] = []
  for (const point of frontier(points)) {
    while (
      hull.length >= 2 &&
      isUnder(hull.at(-2) as CostQuality, hull.at(-1) as CostQuality, point)
    )
      hull.pop()
    hull.push(point)
  }
  return hull
}

/** The hull's quality at a cost; 0 below its cheapest point. */
export const qualityAt = (hull: readonly CostQuality[], cost: number): number => {
  const right = hull.findIndex((point) => point.cost >= cost)
  if (right === -1) return hull.at(-1)?.quality ?? 0
  const b = hull[right] as CostQuality
  const a = hull[right - 1]
  if (!a) return b.cost === cost ? b.quality : 0
  return a.quality + ((cost - a.cost) / (b.cost - a.cost)) * (b.quality - a.quality)
}

/**
 * Mean quality of the hull over the costs from `range.low` to `range.high`: its AIQ. As in RouterBench the hull continues
 * horizontally after its dearest point and is 0 before its cheapest; the range is that of the single models.
 */
export const aiqOf = (
  points: readonly CostQuality[],
  range: { low: number; high: number },
): number => {
  const hull = hullOf(points)
  if (range.high <= range.low) return qualityAt(hull, range.high)
  const low = Math.max(range.low, Math.min(range.high, hull[0]?.cost ?? range.high))
  const inside = hull.map(({ cost }) => cost).filter((cost) => cost > low && cost < range.high)
  const stops = [low, ...inside, range.high]
  let area = 0
  for (let i = 1; i < stops.length; i++) {
    const [from, to] = [stops[i - 1] as number, stops[i] as number]
    area += ((qualityAt(hull, from) + qualityAt(hull, to)) / 2) * (to - from)
  }
  return area / (range.high - range.low)
}

/**
 * For two models: the share of the strong one's advantage that is recovered when the prompts with the largest `gain` go to it,
 * averaged over all shares of prompts from none to all. A random choice scores 0.5.
 * @param weak @param strong scores of each prompt
 */
export const apgrOf = (
  gain: ArrayLike<number>,
  { weak, strong }: { weak: ArrayLike<number>; strong: ArrayLike<number> },
): number => {
  const order = Array.from({ length: gain.length }, (_, i) => i).sort(
    (a, b) => (gain[b] as number) - (gain[a] as number),
  )
  let recovered = 0
  let area = 0
  let lead = 0
  for (const i of order) {
    const won = (strong[i] as number) - (weak[i] as number)
    lead += won
    area += recovered + won / 2
    recovered += won
  }
  return lead === 0 ? Number.NaN : area / lead / order.length
}

/** RouterArena (arXiv 2510.00202) counts costs between these, in USD per 1,000 prompts, on a logarithmic scale. */
const ARENA = { dearest: 200, cheapest: 0.0044, beta: 0.1 }

/** Weighted harmonic mean of quality and log-scaled cheapness, quality weighing ten times as much; 0 to 1. */
export const arenaScore = ({ cost, quality }: CostQuality): number => {
  const { dearest, cheapest, beta } = ARENA
  const usd = Math.max(cheapest, Math.min(dearest, cost * 1_000))
  const cheapness = Math.log2(dearest / usd) / Math.log2(dearest / cheapest)
  const weighed = beta * quality + cheapness
  return weighed === 0 ? 0 : ((1 + beta) * quality * cheapness) / weighed
}
