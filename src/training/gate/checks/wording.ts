// Formats figures and lists for the gate's sentences.

const group = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',')

/** 12000 as `12,000`. */
export const count = (value: number): string => group(Math.round(value))

/** `1 prompt`, `2 prompts`. */
export const counted = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`

/** `p = 0.09`, `p = 0.003`, `p < 0.001`. */
export const chance = (p: number): string => {
  if (p < 0.001) return 'p < 0.001'
  return `p = ${Number(p.toFixed(p < 0.1 ? 3 : 2))}`
}

/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

const MOST_CHARS = 90

/** The beginning of a text, in quotation marks. */
export const quoted = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  const shown =
    line.length <= MOST_CHARS ? line : `${line.slice(0, MOST_CHARS - 1).toWellFormed()}…`
  return JSON.stringify(shown)
}
