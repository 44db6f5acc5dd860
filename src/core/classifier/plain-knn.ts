// The usual method of semantic routers, as a baseline in reports: majority vote of the ten nearest exemplars.
/** The most frequent route among the k nearest; ties go to the one with the nearest exemplar. Null without neighbours. */
export const plainKnnRoute = (neighbours: readonly { route: string }[], k = 10): string | null => {
  const counts = new Map<string, number>()
  for (const { route } of neighbours.slice(0, k)) counts.set(route, (counts.get(route) ?? 0) + 1)
  let best: string | null = null
  for (const [route, count] of counts) {
    if (best === null || count > (counts.get(best) as number)) best = route
  }
  return best
}
