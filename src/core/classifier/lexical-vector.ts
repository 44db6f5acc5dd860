// The n-grams of a text, weighed by a vocabulary (lexical.ts): one sparse vector.
import type { Grams, Vocabulary } from './lexical.ts'

/** One sparse vector; `columns` are positions in the vocabulary. */
export interface SparseVector {
  columns: Int32Array
  values: Float32Array
}

/** Column of each hash, as an open-addressing table, and scratch for one text at a time. */
export interface ColumnLookup {
  /** The hash in each slot; −1 where it is empty. The length is a power of two. */
  slots: Int32Array
  columns: Int32Array
  /** Zero between two texts. */
  counts: Uint16Array
  /** Zero between two texts, else 1 + the column's position in the vector. */
  places: Int32Array
}

/** Made once per vocabulary. With a `Map` in its place a vector takes twice as long (0.9 against 0.4 ms at 950 characters). */
export const columnLookup = ({ hashes }: Vocabulary): ColumnLookup => {
  const size = 2 ** Math.ceil(Math.log2(2 * hashes.length + 2))
  const slots = new Int32Array(size).fill(-1)
  const columns = new Int32Array(size)
  hashes.forEach((hash, column) => {
    let slot = hash & (size - 1)
    while (slots[slot] !== -1) slot = (slot + 1) & (size - 1)
    slots[slot] = hash
    columns[slot] = column
  })
  const counts = new Uint16Array(hashes.length)
  return { slots, columns, counts, places: new Int32Array(hashes.length) }
}

/** −1 for a hash that is not in the vocabulary. */
const columnOf = ({ slots, columns }: ColumnLookup, hash: number): number => {
  const mask = slots.length - 1
  for (let slot = hash & mask; slots[slot] !== -1; slot = (slot + 1) & mask) {
    if (slots[slot] === hash) return columns[slot] as number
  }
  return -1
}

/** The known columns among `hashes`, each once, in order; leaves their counts in `lookup.counts`. */
const countColumns = (hashes: ArrayLike<number>, lookup: ColumnLookup): number[] => {
  const { counts } = lookup
  const found: number[] = []
  for (let i = 0; i < hashes.length; i++) {
    const column = columnOf(lookup, hashes[i] as number)
    if (column < 0) continue
    if (counts[column] === 0) found.push(column)
    counts[column] = (counts[column] as number) + 1
  }
  return found
}

/** (1 + ln count) · idf of each found column; resets the counts to zero. */
const weigh = (found: number[], idf: Float32Array, { counts }: ColumnLookup): number[] =>
  found.map((column) => {
    const value = (1 + Math.log(counts[column] as number)) * (idf[column] as number)
    counts[column] = 0
    return value
  })

/**
 * The sparse vector of a text: (1 + ln tf) · idf, words and characters each scaled to length `scale`.
 * @param lookup from `columnLookup`
 */
export const lexicalVector = (
  { words, chars }: Grams,
  vocabulary: Vocabulary,
  lookup: ColumnLookup,
  scale: number,
): SparseVector => {
  const { places } = lookup
  const columns: number[] = []
  const values: number[] = []
  for (const hashes of [words, chars]) {
    const found = countColumns(hashes, lookup)
    const weights = weigh(found, vocabulary.idf, lookup)
    const square = weights.reduce((sum, weight) => sum + weight * weight, 0)
    const factor = square > 0 ? scale / Math.sqrt(square) : 0
    for (let i = 0; i < found.length; i++) {
      const column = found[i] as number
      const value = (weights[i] as number) * factor
      const place = places[column] as number
      if (place > 0) {
        values[place - 1] = (values[place - 1] as number) + value
      } else {
        places[column] = columns.push(column)
        values.push(value)
      }
    }
  }
  for (const column of columns) places[column] = 0
  return { columns: Int32Array.from(columns), values: Float32Array.from(values) }
}
