// The human turn → its request: the human's own words, with pasted blocks summarised by kind. Pure and linear.
import { withoutFormConstraints } from './form-constraints.ts'
import { type BlockKind, type Segment, splitBlocks, withoutBlobs } from './prompt-blocks.ts'
import { splitDocument } from './prompt-document.ts'
import { focusOn } from './prompt-focus.ts'
import { questionInTemplate } from './prompt-template.ts'

export interface Cleaned {
  text: string
  /** Kinds of blocks that were shortened. */
  flags: string[]
  /** False where the text was longer than the limit that is read. */
  isWhole: boolean
}

/** Bounds the time per prompt: of longer ones only both ends are read. */
const MOST_CHARS = 60_000
/** Shorter texts are returned unchanged: the fast path of nearly every prompt. */
const SHORT_TEXT = 240

const hasWord = /[\p{L}\p{N}]/u

const boundedTo = (text: string): string => {
  if (text.length <= MOST_CHARS) return text
  const half = MOST_CHARS / 2
  return `${text.slice(0, half)}\n…\n${text.slice(-half)}`.toWellFormed()
}

const render = (segments: readonly Segment[]): string =>
  segments
    .map(({ text }) => text.trim())
    .filter((text) => text !== '')
    .join('\n')

/** @param whole text of the human turn without harness blocks */
export const cleanPrompt = (whole: string): Cleaned => {
  const isWhole = whole.length <= MOST_CHARS
  const bounded = boundedTo(whole)
  const question = questionInTemplate(bounded)
  if (question !== null) return { isWhole, ...cleanWords(question), flags: ['template'] }
  const asked = withoutFormConstraints(bounded)
  const cleaned = cleanWords(asked)
  const flags = asked === bounded ? cleaned.flags : [...cleaned.flags, 'constraint']
  return { isWhole, ...cleaned, flags }
}

/** Cleans a text whose template or harness was already removed. */
const cleanWords = (bounded: string): Omit<Cleaned, 'isWhole'> => {
  if (bounded.length <= SHORT_TEXT) return { text: bounded.trim(), flags: [] }
  const readable = withoutBlobs(bounded)
  const flags = new Set<BlockKind>()
  if (readable !== bounded) flags.add('blob')
  const segments = splitBlocks(readable).flatMap((segment) => splitDocument(segment))
  if (segments.every(({ kind }) => kind === null)) {
    const { text, isFocused } = focusOn(readable.trim())
    return { text, flags: [...flags, ...(isFocused ? ['long'] : [])] }
  }
  for (const { kind } of segments) if (kind !== null) flags.add(kind)
  const isAsked = segments.some(({ kind, text }) => kind === null && hasWord.test(text))
  // Only a block: its kind, followed by as much of the block as there is room for.
  const text = isAsked ? render(segments) : `${firstLine(segments)}\n${readable.trim()}`
  return { text: text.trim(), flags: [...flags] }
}

const firstLine = (segments: readonly Segment[]): string =>
  segments.find(({ kind }) => kind !== null)?.text.split('\n', 1)[0] ?? ''
