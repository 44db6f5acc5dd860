// Summarises long pasted blocks of a prompt (code, logs, tables, data, quotes): one line with the kind and size, and a few of the
// block's lines, since the kind of the pasted block says much about the task.
import { type LineKind, lineKind } from './prompt-lines.ts'

export type BlockKind = Exclude<LineKind, 'prose' | 'blank'> | 'document'

/** A part of a prompt: the human's own words, or the summary of a block. */
export interface Segment {
  /** Null for the human's own words. */
  kind: BlockKind | null
  text: string
}

const NAMES: Record<BlockKind, string> = {
  log: 'error log',
  code: 'code',
  table: 'table',
  data: 'JSON data',
  quote: 'quoted message',
  diff: 'code diff',
  blob: 'encoded data',
  document: 'pasted text',
}

const SHORT_FENCE_LINES = 12
const SHORT_FENCE_CHARS = 500
const LONG_RUN_LINES = 8
const LONG_RUN_CHARS = 300
/** Least share of a run's lines that are of a kind other than prose. */
const LEAST_TELLING = 0.7
const SHOWN_CHARS = 100

const clip = (line: string): string => {
  const trimmed = line.trim()
  return trimmed.length > SHOWN_CHARS ? `${trimmed.slice(0, SHOWN_CHARS).toWellFormed()}…` : trimmed
}

const FAILURE = /error|exception|fatal|panic|fail|traceback/i

/** The most informative lines of a block: a log's last failures, else the beginning and the end. */
const excerpt = (kind: BlockKind, lines: readonly string[]): string[] => {
  const filled = lines.filter((line) => line.trim() !== '')
  if (kind === 'blob') return []
  if (kind === 'quote') return filled.slice(0, 2).map((line) => clip(line.replace(/^[\s>]+/, '')))
  if (kind === 'table' || kind === 'data') return filled.slice(0, 2).map(clip)
  const failures = kind === 'log' ? filled.filter((line) => FAILURE.test(line.slice(0, 400))) : []
  if (failures.length > 0) return failures.slice(-2).map(clip)
  return [...filled.slice(0, 3), ...filled.slice(3).slice(-1)].map(clip)
}

const summary = (kind: BlockKind, lines: readonly string[], language = ''): Segment => {
  const size = `${lines.length} lines`
  const name = `[${[NAMES[kind] + (language === '' ? '' : `: ${language}`), size].join(', ')}]`
  return { kind, text: [name, ...excerpt(kind, lines)].join('\n') }
}

const TELLING: readonly LineKind[] = ['log', 'code', 'table', 'data', 'quote', 'diff', 'blob']

/** The most frequent kind of a run of lines, or null where too many lines are prose. */
const kindOfRun = (kinds: readonly LineKind[]): BlockKind | null => {
  const counts = new Map<LineKind, number>()
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const blank = counts.get('blank') ?? 0
  const telling = TELLING.reduce((sum, kind) => sum + (counts.get(kind) ?? 0), 0)
  if (telling < LEAST_TELLING * (kinds.length - blank)) return null
  const [best] = [...TELLING].sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))
  return (best as BlockKind | undefined) ?? null
}

const isSentence = (line: string): boolean => /\p{L}+\s+\p{L}+\s+\p{L}+\s+\p{L}+/u.test(line)

/** End of the run that starts at `from`: lines of a block, blank lines, and single lines that are not sentences. */
const endOfRun = (lines: readonly string[], kinds: readonly LineKind[], from: number): number => {
  let end = from + 1
  for (let i = from + 1; i < lines.length; i++) {
    const kind = kinds[i] as LineKind
    if (kind === 'blank') continue
    const isBridge =
      kind === 'prose' &&
      (/^\s/.test(lines[i] as string) || !isSentence((lines[i] as string).slice(0, 200)))
    if (kind === 'prose' && !isBridge) break
    if (kind === 'prose' && kinds[i - 1] === 'prose' && !/^\s/.test(lines[i] as string)) break
    if (kind !== 'prose') end = i + 1
  }
  return end
}

/** Long runs of code, logs, tables, data and quotes in unfenced lines become summaries; the rest stays. */
const summariseRuns = (lines: readonly string[]): Segment[] => {
  const kinds = lines.map(lineKind)
  const segments: Segment[] = []
  let own: string[] = []
  const endOwn = () => {
    if (own.length > 0) segments.push({ kind: null, text: own.join('\n') })
    own = []
  }
  for (let i = 0; i < lines.length; ) {
    const isTelling = kinds[i] !== 'prose' && kinds[i] !== 'blank'
    const end = isTelling ? endOfRun(lines, kinds, i) : i + 1
    const run = lines.slice(i, end)
    const isLong = run.length >= LONG_RUN_LINES && run.join('\n').length >= LONG_RUN_CHARS
    const kind = isTelling && isLong ? kindOfRun(kinds.slice(i, end)) : null
    if (kind === null) own.push(...run)
    else {
      endOwn()
      segments.push(summary(kind, run))
    }
    i = end
  }
  endOwn()
  return segments
}

const FENCE = /^\s{0,3}(`{3,}|~{3,})\s*([\w+#.-]{0,30})/
const PLAIN_FENCE = new Set(['', 'text', 'txt', 'plaintext', 'plain', 'output', 'console', 'log'])

/** A fenced block: short ones stay unchanged, longer ones are summarised by their info string or the kind of their lines. */
const fenceSegment = (lines: readonly string[], language: string): Segment => {
  const whole = lines.join('\n')
  if (lines.length - 2 <= SHORT_FENCE_LINES && whole.length <= SHORT_FENCE_CHARS) {
    return { kind: null, text: whole }
  }
  const inner = lines.slice(1, FENCE.test(lines.at(-1) ?? '') ? -1 : undefined)
  const name = language.toLowerCase()
  const judged = inner.slice(0, 60).map(lineKind)
  const kind = PLAIN_FENCE.has(name) ? kindOfRun(judged) : null
  if (name === 'json') return summary('data', inner)
  if (name === 'diff' || name === 'patch') return summary('diff', inner)
  return PLAIN_FENCE.has(name) ? summary(kind ?? 'document', inner) : summary('code', inner, name)
}

const BASE64_RUN = /(?<![\w+/=-])(?:data:[\w/+.;=-]{1,80},)?[\w+/=-]{120,}/g
const HEX_RUN = /(?<![0-9A-Za-z])(?:0x)?[0-9a-fA-F]{96,}(?![0-9A-Za-z])/g

/** Looks encoded: upper case, lower case and digits, and fewer slashes and dashes than paths and slugs have. */
const isEncoded = (run: string): boolean => {
  const part = run.slice(0, 2_000)
  const separators = part.match(/[/_-]/g)?.length ?? 0
  return (
    run.startsWith('data:') ||
    (/[A-Z]/.test(part) && /[a-z]/.test(part) && /\d/.test(part) && separators * 12 < part.length)
  )
}

/** `text` with encoded data replaced by a note; the same string where there is none. */
export const withoutBlobs = (text: string): string =>
  text
    .replace(HEX_RUN, '[encoded data]')
    .replace(BASE64_RUN, (run) => (isEncoded(run) ? '[encoded data]' : run))

/** The human's own words and summaries of blocks, in order. Linear in the text. */
export const splitBlocks = (text: string): Segment[] => {
  const lines = text.split('\n')
  const segments: Segment[] = []
  let plainFrom = 0
  for (let i = 0; i < lines.length; i++) {
    const opening = FENCE.exec((lines[i] as string).slice(0, 80))
    if (!opening) continue
    const fence = opening[1] as string
    let end = i + 1
    while (end < lines.length && !(lines[end] as string).trimStart().startsWith(fence)) end++
    if (plainFrom < i) segments.push(...summariseRuns(lines.slice(plainFrom, i)))
    segments.push(fenceSegment(lines.slice(i, end + 1), opening[2] ?? ''))
    plainFrom = end + 1
    i = end
  }
  if (plainFrom < lines.length) segments.push(...summariseRuns(lines.slice(plainFrom)))
  return segments
}
