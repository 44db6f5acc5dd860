// The usual way of semantic routers, for comparison in reports: the majority route of the ten nearest exemplars.

/** The route with the most of the ten nearest; of equals, the one with the nearest exemplar. Null without neighbours. */
export const plainKnnRoute = (neighbours: readonly { route: string }[], k = 10): string | null => {
  const counts = new Map<string, number>()
  for (const { route } of neighbours.slice(0, k)) counts.set(route, (counts.get(route) ?? 0) + 1)
  let best: string | null = null
  for (const [route, count] of counts) {
    if (best === null || count > (counts.get(best) as number)) best = route
  }
  return best
}
