// A training set of noisy unit vectors around one direction a route, and what an index finds in it.
import type { ClassifierInput } from '../../src/core/classifier/classifier.ts'
import { dot, normaliseRow } from '../../src/core/linear/vectors.ts'
import { createRandom } from '../../src/core/statistics/random.ts'

export const DIMENSIONS = 16
export const BARE = { dimensions: DIMENSIONS, searchDimensions: DIMENSIONS }
const WORDS = ['please', 'now', 'how', 'why', 'the']

/** @param noise width of what is added to every coordinate of a route's unit direction */
export const clustered = (counts: Record<string, number>, seed: number, noise = 0.5) => {
  const random = createRandom(seed)
  const routes: string[] = []
  const rows: number[] = []
  Object.entries(counts).forEach(([route, count], r) => {
    for (let i = 0; i < count; i++) {
      routes.push(route)
      for (let d = 0; d < DIMENSIONS; d++) rows.push((d === r ? 1 : 0) + (random() - 0.5) * noise)
    }
  })
  const vectors = Float32Array.from(rows)
  for (let i = 0; i < routes.length; i++) normaliseRow(vectors, i * DIMENSIONS, DIMENSIONS)
  const texts = routes.map((route, i) => `${WORDS[i % WORDS.length]} ${route}`)
  return { vectors, ...BARE, routes, texts }
}

export type ClusteredTraining = ReturnType<typeof clustered>

export const vectorOf = ({ vectors }: ClusteredTraining, row: number): Float32Array =>
  vectors.slice(row * DIMENSIONS, (row + 1) * DIMENSIONS)

/** The nearest exemplars and their rows, as an index finds them. */
export const nearestOf = (
  set: ClusteredTraining,
  query: Float32Array,
): Pick<ClassifierInput, 'neighbours' | 'neighbourRows'> => {
  const found = set.routes
    .map((route, i) => ({
      i,
      neighbour: {
        exemplarId: `x${i}`,
        route,
        similarity: dot(query, 0, set.vectors, i * DIMENSIONS, DIMENSIONS),
      },
    }))
    .sort((a, b) => b.neighbour.similarity - a.neighbour.similarity)
    .slice(0, 32)
  return {
    neighbours: found.map(({ neighbour }) => neighbour),
    neighbourRows: found.map(({ i }) => vectorOf(set, i)),
  }
}
