// Perturbations of typing: typos, case, punctuation, white space. Code is not changed: another bracket or case makes another
// program.
import type { Random } from '../statistics/random.ts'

/** Keys beside each key on a QWERTY keyboard. */
const NEIGHBOURS: Readonly<Record<string, string>> = {
  a: 'sqz',
  b: 'vn',
  c: 'xv',
  d: 'sf',
  e: 'wr',
  f: 'dg',
  g: 'fh',
  h: 'gj',
  i: 'uo',
  j: 'hk',
  k: 'jl',
  l: 'k',
  m: 'n',
  n: 'bm',
  o: 'ip',
  p: 'o',
  q: 'wa',
  r: 'et',
  s: 'ad',
  t: 'ry',
  u: 'yi',
  v: 'cb',
  w: 'qe',
  x: 'zc',
  y: 'tu',
  z: 'xa',
}
const CODE = /(```[\s\S]*?(?:```|$)|`[^`\n]*`)/
const MAX_SLIPS = 12

export const pick = <T>(items: ArrayLike<T>, random: Random): T =>
  items[Math.floor(random() * items.length)] as T

/** Changes what stands outside of code fences and code spans. */
export const outsideCode = (text: string, change: (part: string) => string): string =>
  text
    .split(CODE)
    .map((part, i) => (i % 2 === 1 ? part : change(part)))
    .join('')

/** One typo inside a word of ASCII letters; the first letter stays, as in most real typos. */
const slip = (word: string, random: Random): string => {
  const at = 1 + Math.floor(random() * (word.length - 2))
  const head = word.slice(0, at)
  const letter = word.charAt(at)
  const tail = word.slice(at + 1)
  const kind = Math.floor(random() * 4)
  if (kind === 0) return head + tail
  if (kind === 1) return head + letter + letter + tail
  if (kind === 2 && tail.charAt(0) !== letter) return head + tail.charAt(0) + letter + tail.slice(1)
  const beside = NEIGHBOURS[letter.toLowerCase()]
  return beside === undefined ? head + tail : head + pick(beside, random) + tail
}

/** A typo in about every sixth word, sometimes every third; at least one where a word is long enough. */
export const typos = (text: string, random: Random): string => {
  const parts = text.split(new RegExp(`${CODE.source}|(\\s+)`)).filter((p) => p !== undefined)
  const isWord = (part: string): boolean => /^[^\w\s`]{0,2}[a-z']{4,}[^\w\s`]{0,2}$/i.test(part)
  const words = parts.flatMap((part, i) => (isWord(part) ? [i] : []))
  const every = random() < 0.6 ? 6 : 3
  let left = Math.min(MAX_SLIPS, Math.ceil(words.length / every))
  while (left > 0 && words.length > 0) {
    const [at] = words.splice(Math.floor(random() * words.length), 1)
    if (at === undefined) break
    parts[at] = (parts[at] as string).replace(/[a-z']{4,}/i, (word) => slip(word, random))
    left--
  }
  return parts.join('')
}

/** Upper case only for letters that `toLowerCase` maps back, so that sentence case is idempotent. */
const capital = (letter: string): string => {
  const upper = letter.toUpperCase()
  return upper.length === letter.length && upper.toLowerCase() === letter ? upper : letter
}

const sentenceCase = (text: string): string =>
  text
    .toLowerCase()
    .replace(
      /(^\P{L}*|[.!?]\s+)(\p{Ll})/gu,
      (_, before: string, letter: string) => before + capital(letter),
    )

/** lower case, UPPER CASE or Sentence case. */
export const letterCase = (text: string, random: Random): string => {
  const kind = random()
  if (kind < 0.4) return outsideCode(text, (part) => part.toLowerCase())
  if (kind < 0.7) return outsideCode(text, (part) => part.toUpperCase())
  return outsideCode(text, sentenceCase)
}

/** Final punctuation dropped, doubled or added, or all punctuation of a sentence dropped. */
export const punctuation = (text: string, random: Random): string => {
  const kind = random()
  const bare = text.replace(/[\s.?!…]+$/u, '')
  if (kind < 0.3) return bare
  if (kind < 0.5) return /[.?!]\s*$/.test(text) ? text.replace(/([.?!])\s*$/, '$1$1') : `${text}!!`
  if (kind < 0.7) return `${bare}${pick(['...', '!', '??', '.'], random)}`
  return outsideCode(text, (part) => part.replace(/[,.;:!?]+(?=\s|$)/g, ''))
}

/** Spaces doubled, lost after a comma, or added around; a line broken or given a bullet. */
export const whitespace = (text: string, random: Random): string => {
  const kind = random()
  if (kind < 0.3) return outsideCode(text, (part) => part.replace(/(?<=\S) (?=\S)/g, '  '))
  if (kind < 0.45) return outsideCode(text, (part) => part.replace(/([,;]) (?=\p{L})/gu, '$1'))
  if (kind < 0.6) return `  ${text}\n\n`
  if (kind < 0.75) return `- ${text.trim()}`
  if (kind < 0.85) return `**${text.trim()}**`
  return outsideCode(text, (part) => part.replace(/([.!?:]) +(?=\S)/g, '$1\n'))
}
