// Reduces the points of a curve (one for each row) to as many as a screen can show.

/** At most `max` of the points, evenly by position, the first and the last among them. */
export const thinned = <T>(points: readonly T[], max = 200): T[] => {
  if (points.length <= max) return [...points]
  const step = (points.length - 1) / (max - 1)
  return Array.from({ length: max }, (_, i) => points[Math.round(i * step)] as T)
}
