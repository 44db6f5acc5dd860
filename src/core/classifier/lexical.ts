// Words and character n-grams of a prompt as a sparse vector. The embedding knows what a prompt is about; these know
// what it asks to be done ("tl;dr", "translate", "regex"). Measured on held-out: 78 % with the embedding alone, 92 % with both.
import { normalise } from '../normalise.ts'

/** One sparse vector; `columns` are positions in the vocabulary. */
export interface SparseVector {
  columns: Int32Array
  values: Float32Array
}

/** Hashed n-grams that were seen often enough, with their inverse document frequency. */
export interface Vocabulary {
  /** Ascending hashes, one a column. */
  hashes: Int32Array
  /** ln((1 + n) / (1 + df)) + 1 for each column. */
  idf: Float32Array
}

/** 2^22 hashes: collisions among some 30,000 n-grams touch under 1 % of them, and float32 holds each exactly. */
const HASH_MASK = 0x3fffff
const WORD_SEED = 0x811c9dc5
const CHAR_SEED = 0x9747b28c
const CHAR_SIZES = [2, 3, 4, 5]
const TOKEN = /[\p{L}\p{N}_]+|[?!:;{}<>=]/gu
/** Characters looked at: the instruction stands at an end of long prompts, so both ends are kept. */
const HEAD_CHARS = 1_200
const TAIL_CHARS = 400
const MAX_WORD_CHARS = 24
const MIN_ROWS_WORD = 2
const MIN_ROWS_CHAR = 3

const FNV_PRIME = 0x01000193

/** Folds the 32 bits of FNV-1a to as many as are kept. */
const fold = (hash: number): number => ((hash >>> 22) ^ hash) & HASH_MASK

/** FNV-1a over UTF-16 units. */
const hashText = (text: string, seed: number): number => {
  let hash = seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME)
  return fold(hash)
}

const bothEnds = (text: string): string =>
  text.length <= HEAD_CHARS + TAIL_CHARS
    ? text
    : `${text.slice(0, HEAD_CHARS)} ${text.slice(text.length - TAIL_CHARS)}`

const bump = (counts: Map<number, number>, key: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/** Hashes of all n-grams of a text, in the order of the text, with repetitions. */
interface Grams {
  words: number[]
  chars: number[]
}

const PADDED_CHARS = MAX_WORD_CHARS + 2
/** Hashes of one word by size and start; longer n-grams go on from the hash of the shorter. */
const hashesBySize = CHAR_SIZES.map(() => new Int32Array(PADDED_CHARS))

const addCharGrams = (padded: string, chars: number[]): void => {
  const shortest = CHAR_SIZES[0] as number
  const longest = CHAR_SIZES.at(-1) as number
  for (let start = 0; start < padded.length; start++) {
    const end = Math.min(padded.length, start + longest)
    let hash = CHAR_SEED
    for (let at = start; at < end; at++) {
      hash = Math.imul(hash ^ padded.charCodeAt(at), FNV_PRIME)
      const bySize = hashesBySize[at - start + 1 - shortest]
      if (bySize) bySize[start] = fold(hash)
    }
  }
  for (let i = 0; i < CHAR_SIZES.length; i++) {
    const bySize = hashesBySize[i] as Int32Array
    const count = padded.length - (CHAR_SIZES[i] as number) + 1
    for (let start = 0; start < count; start++) chars.push(bySize[start] as number)
  }
}

/** Word unigrams and bigrams; character 2- to 5-grams inside padded words. */
const gramsOf = (text: string): Grams => {
  const grams: Grams = { words: [], chars: [] }
  const tokens = normalise(bothEnds(text), 'NFKC').toLowerCase().match(TOKEN) ?? []
  let previous = ''
  for (const token of tokens) {
    const word = token.slice(0, MAX_WORD_CHARS)
    grams.words.push(hashText(word, WORD_SEED))
    if (previous) grams.words.push(hashText(`${previous} ${word}`, WORD_SEED))
    previous = word
    addCharGrams(` ${word} `, grams.chars)
  }
  return grams
}

/** Keeps n-grams that stand in enough of the rows: a word in two, a character n-gram in three. */
export const fitVocabulary = (texts: readonly string[]): Vocabulary => {
  const rows = { words: new Map<number, number>(), chars: new Map<number, number>() }
  for (const text of texts) {
    const grams = gramsOf(text)
    for (const hash of new Set(grams.words)) bump(rows.words, hash)
    for (const hash of new Set(grams.chars)) bump(rows.chars, hash)
  }
  const kept = new Map<number, number>()
  for (const [hash, df] of rows.words) if (df >= MIN_ROWS_WORD) kept.set(hash, df)
  for (const [hash, df] of rows.chars) {
    if (df >= MIN_ROWS_CHAR) kept.set(hash, Math.max(df, kept.get(hash) ?? 0))
  }
  const sorted = [...kept].sort((a, b) => a[0] - b[0])
  return {
    hashes: Int32Array.from(sorted, ([hash]) => hash),
    idf: Float32Array.from(sorted, ([, df]) => Math.log((1 + texts.length) / (1 + df)) + 1),
  }
}

/** Column of each hash, as an open-addressing table, and scratch for one text at a time. */
export interface ColumnLookup {
  /** Hashes where they landed; −1 where there is none. Its length is a power of two. */
  slots: Int32Array
  columns: Int32Array
  /** Zero between two texts. */
  counts: Uint16Array
  /** Zero between two texts, else one more than the column's place in the vector. */
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

/** The known columns among `hashes`, each once, in order; `lookup.counts` then holds how often. */
const countColumns = (hashes: number[], lookup: ColumnLookup): number[] => {
  const { counts } = lookup
  const found: number[] = []
  for (const hash of hashes) {
    const column = columnOf(lookup, hash)
    if (column < 0) continue
    if (counts[column] === 0) found.push(column)
    counts[column] = (counts[column] as number) + 1
  }
  return found
}

/** (1 + ln count) · idf of each found column, and takes the counts back to zero. */
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
  text: string,
  vocabulary: Vocabulary,
  lookup: ColumnLookup,
  scale: number,
): SparseVector => {
  const { words, chars } = gramsOf(text)
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
