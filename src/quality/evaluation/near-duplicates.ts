// Exemplars of two routes that are almost the same text: whichever is wrong, the classifier cannot be right about both.

export interface NearDuplicate {
  /** Positions in the training set, the smaller first. */
  rows: [number, number]
  routes: [string, string]
  /** Cosine, −1 to 1. */
  similarity: number
}

export interface NearDuplicateOptions {
  /** Route of each row. */
  routes: readonly string[]
  /** Nearest rows to a row, itself perhaps among them. */
  neighboursOf: (row: number) => readonly { position: number; similarity: number }[]
  /** Least similarity of a pair. */
  from: number
}

/** Pairs across routes with at least the similarity asked for, the most similar first; each pair once. */
export const nearDuplicates = (options: NearDuplicateOptions): NearDuplicate[] => {
  const { routes, neighboursOf, from } = options
  const pairs = new Map<string, NearDuplicate>()
  routes.forEach((route, row) => {
    for (const { position, similarity } of neighboursOf(row)) {
      const other = routes[position]
      if (other === undefined || other === route || similarity < from) continue
      const [a, b] = row < position ? [row, position] : [position, row]
      const key = `${a} ${b}`
      if (pairs.has(key)) continue
      const names: [string, string] = [routes[a] as string, routes[b] as string]
      pairs.set(key, { rows: [a, b], routes: names, similarity })
    }
  })
  return [...pairs.values()].sort((a, b) => b.similarity - a.similarity || a.rows[0] - b.rows[0])
}
