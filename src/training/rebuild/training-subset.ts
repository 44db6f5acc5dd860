// Some rows of a training set, with the perturbed copies that were made of them.
import type { PerturbedCopies, TrainingSet } from '../../core/classifier/classifier.ts'

const takeRows = (vectors: Float32Array, rows: readonly number[], width: number): Float32Array => {
  const out = new Float32Array(rows.length * width)
  rows.forEach((row, i) => {
    out.set(vectors.subarray(row * width, (row + 1) * width), i * width)
  })
  return out
}

const pick = <T>(values: readonly T[], rows: readonly number[]): T[] =>
  rows.map((row) => values[row] as T)

const copiesOf = (
  { vectors, texts, origins }: PerturbedCopies,
  rows: readonly number[],
  dimensions: number,
): PerturbedCopies => {
  const place = new Map(rows.map((row, i) => [row, i]))
  const kept = [...origins.keys()].filter((i) => place.has(origins[i] as number))
  return {
    vectors: takeRows(vectors, kept, dimensions),
    texts: pick(texts, kept),
    origins: kept.map((i) => place.get(origins[i] as number) as number),
  }
}

/** The rows with these numbers, in their order; what belongs to no row stays as it is. */
export const trainingSubset = <S extends TrainingSet>(set: S, rows: readonly number[]): S => {
  const { dimensions, copies } = set
  return {
    ...set,
    vectors: takeRows(set.vectors, rows, dimensions),
    routes: pick(set.routes, rows),
    texts: pick(set.texts, rows),
    ...(copies && { copies: copiesOf(copies, rows, dimensions) }),
  }
}
