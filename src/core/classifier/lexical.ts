// Words and character n-grams of a prompt as a sparse TF-IDF vector. The embedding captures the subject of a prompt, n-grams the
// task ("tl;dr", "translate", "regex"). Accuracy on held-out prompts: 78 % with the embedding alone, 92 % with both.
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
/** Characters read: long prompts have their instruction at an end, so both ends are kept. */
const HEAD_CHARS = 1_200
const TAIL_CHARS = 400
const MAX_WORD_CHARS = 24
const MIN_ROWS_WORD = 2
const MIN_ROWS_CHAR = 3

const FNV_PRIME = 0x01000193

/** Folds the 32 bits of FNV-1a to the 22 that are kept. */
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

/** Hashes of all n-grams of a text, in the order of the text, with repetitions. */
export interface Grams {
  words: ArrayLike<number>
  chars: ArrayLike<number>
}

const PADDED_CHARS = MAX_WORD_CHARS + 2
/** Scratch: hashes of one word's n-grams by size and start; the hash of a longer n-gram continues that of the shorter. */
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
export const gramsOf = (text: string): Grams => {
  const grams = { words: [] as number[], chars: [] as number[] }
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

/** N-grams of many texts in one memory, which threads share: a fit reads each of them several times. */
export const packedGrams = (texts: readonly string[]): Grams[] => {
  const all = texts.map((text) => {
    const { words, chars } = gramsOf(text)
    return { words: Int32Array.from(words), chars: Int32Array.from(chars) }
  })
  const total = all.reduce((sum, { words, chars }) => sum + words.length + chars.length, 0)
  const memory = new Int32Array(new SharedArrayBuffer(total * Int32Array.BYTES_PER_ELEMENT))
  let at = 0
  const pack = (hashes: Int32Array): Int32Array => {
    const packed = memory.subarray(at, at + hashes.length)
    packed.set(hashes)
    at += hashes.length
    return packed
  }
  return all.map(({ words, chars }) => ({ words: pack(words), chars: pack(chars) }))
}

/** By hash. A `Map` instead of the arrays takes four times as long. */
interface RowCounts {
  /** Document frequency. */
  counts: Uint32Array
  /** 1 + the last row that holds it. */
  lastRow: Uint32Array
}

const emptyCounts = (): RowCounts => ({
  counts: new Uint32Array(HASH_MASK + 1),
  lastRow: new Uint32Array(HASH_MASK + 1),
})

/** Scratch, zero between two vocabularies: arrays of all hashes made anew for each fold take longer than the fit of a small set. */
let scratch: { words: RowCounts; chars: RowCounts } | null = null

/** @returns each hash once, in the order of their coming */
const countRows = (rows: readonly ArrayLike<number>[], { counts, lastRow }: RowCounts) => {
  const found: number[] = []
  rows.forEach((hashes, row) => {
    for (let i = 0; i < hashes.length; i++) {
      const hash = hashes[i] as number
      if (lastRow[hash] === row + 1) continue
      lastRow[hash] = row + 1
      if (counts[hash] === 0) found.push(hash)
      counts[hash] = (counts[hash] as number) + 1
    }
  })
  return found
}

const clear = ({ counts, lastRow }: RowCounts, found: readonly number[]): void => {
  for (const hash of found) {
    counts[hash] = 0
    lastRow[hash] = 0
  }
}

/** Keeps n-grams that occur in enough rows: words in two, character n-grams in three. */
export const fitVocabulary = (rows: readonly Grams[]): Vocabulary => {
  scratch ??= { words: emptyCounts(), chars: emptyCounts() }
  const { words, chars } = scratch
  const wordHashes = countRows(
    rows.map((row) => row.words),
    words,
  )
  const charHashes = countRows(
    rows.map((row) => row.chars),
    chars,
  )
  const isWord = (hash: number) => (words.counts[hash] as number) >= MIN_ROWS_WORD
  const isChars = (hash: number) => (chars.counts[hash] as number) >= MIN_ROWS_CHAR
  const onlyWords = wordHashes.filter((hash) => isWord(hash) && !isChars(hash))
  const hashes = Int32Array.from([...onlyWords, ...charHashes.filter(isChars)]).sort()
  const idf = Float32Array.from(hashes, (hash) => {
    const asWord = isWord(hash) ? (words.counts[hash] as number) : 0
    const asChars = isChars(hash) ? (chars.counts[hash] as number) : 0
    return Math.log((1 + rows.length) / (1 + Math.max(asWord, asChars))) + 1
  })
  clear(words, wordHashes)
  clear(chars, charHashes)
  return { hashes, idf }
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
