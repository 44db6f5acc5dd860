// A training set of any size in the shape of the real one: real exemplars as far as they go, then mixtures of two of one
// route with noise. Prompts' embeddings then lie among the rows, as they do in use; random rows would all be far away.

import { groupBy } from '../../src/core/group-by.ts'
import { normaliseRow } from '../../src/core/linear/vectors.ts'
import { createRandom, type Random, shuffled } from '../../src/core/statistics/random.ts'
import type { Exemplar } from '../../src/core/types.ts'

export interface ExemplarSet {
  exemplars: Exemplar[]
  /** One whole row an exemplar. */
  vectors: Float32Array
  /** Numbers at the beginning of each row that are its unit-length embedding. */
  searchDimensions: number
}

/** Length of the noise beside a unit embedding: cosine to the mixture about 0.9. */
const NOISE = 0.5

const halfOf = (text: string, isFirst: boolean): string => {
  const words = text.split(' ')
  const middle = Math.ceil(words.length / 2)
  return (isFirst ? words.slice(0, middle) : words.slice(middle)).join(' ')
}

const pick = <T>(items: T[], random: Random): T => items[Math.floor(random() * items.length)] as T

/** `size` exemplars drawn from `real` without replacement, then made; deterministic. */
export const resizeExemplars = (real: ExemplarSet, size: number): ExemplarSet => {
  const random = createRandom(size)
  const { searchDimensions } = real
  const dimensions = real.vectors.length / real.exemplars.length
  const order = shuffled([...real.exemplars.keys()], random)
  const rows = groupBy(real.exemplars.keys(), (row) => real.exemplars[row]?.route)
  const vectors = new Float32Array(size * dimensions)
  const rowOf = (row: number) => real.vectors.subarray(row * dimensions, (row + 1) * dimensions)
  const exemplars = Array.from({ length: size }, (_, at): Exemplar => {
    const known = order[at]
    const first = known ?? Math.floor(random() * real.exemplars.length)
    const exemplar = real.exemplars[first] as Exemplar
    vectors.set(rowOf(first), at * dimensions)
    if (known !== undefined) return exemplar
    const second = pick(rows.get(exemplar.route) as number[], random)
    for (let i = 0; i < dimensions; i++) {
      const noise = ((random() - 0.5) * NOISE * Math.sqrt(12)) / Math.sqrt(searchDimensions)
      const mean = ((rowOf(first)[i] as number) + (rowOf(second)[i] as number)) / 2
      vectors[at * dimensions + i] = mean + noise
    }
    normaliseRow(vectors, at * dimensions, searchDimensions)
    const text = `${halfOf(exemplar.text, true)} ${halfOf(real.exemplars[second]?.text ?? '', false)}`
    return { ...exemplar, id: `made-${at}`, text }
  })
  return { exemplars, vectors, searchDimensions }
}
