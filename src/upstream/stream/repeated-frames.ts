// Most events of a stream are the one before with another piece of text. Such a frame is known by what stands before and behind its text,
// so that it needs no parsing: in nearly all streams that leaves a handful of events to be read.
import { behindString } from '../../core/json-shape.ts'
import { plainTextOf } from '../../dialects/chat/plain-chunk.ts'
import { type ChatChunk, readStreamEvent } from './chat-chunk.ts'

export interface RepeatedFrames {
  /** The text of a frame that is the learned one but for its text; null for any other. */
  textOf(frame: Uint8Array): string | null
  /** Takes a chunk that was relayed as it came as the pattern of later frames, where it is a piece of text under the answer's names. */
  learn(frame: Uint8Array, chunk: ChatChunk): void
  /** Another event has come, after which the same frame may mean something else. */
  forget(): void
}

/** So often a stream is given a pattern: where something else changes with every event, too, none is of use. */
const MOST_PATTERNS = 8
const CONTENT = /"content": ?"/g
const PROBE = 'x'
const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20

/** Whether a text stands in JSON as it is. */
const isLiteral = (text: string): boolean => {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (code === QUOTE || code === BACKSLASH || code < SPACE) return false
  }
  return text !== ''
}

const decoder = new TextDecoder()
const encoder = new TextEncoder()

interface Pattern {
  before: string
  after: string
}

/** What stands before and behind the only content in a frame; the frame with another text must be read as a chunk of that text. */
const patternOf = (frame: string): Pattern | null => {
  const [first, ...others] = frame.matchAll(CONTENT)
  if (!first || others.length > 0) return null
  const from = first.index + first[0].length
  const before = frame.slice(0, from)
  const after = frame.slice(behindString(frame, from) - 1)
  const probed = readStreamEvent(encoder.encode(before + PROBE + after))
  return probed.kind === 'chunk' && plainTextOf(probed.value) === PROBE ? { before, after } : null
}

/** Whether it names the answer as every later chunk must. */
const isNamed = ({ value: { id, model } }: ChatChunk): boolean =>
  typeof id === 'string' && id !== '' && typeof model === 'string' && model !== ''

/** Of one stream. @param most how many patterns are tried; 0: every frame is parsed */
export const createRepeatedFrames = (most = MOST_PATTERNS): RepeatedFrames => {
  let pattern: Pattern | null = null
  let learned = 0
  return {
    textOf: (frame) => {
      if (pattern === null) return null
      const { before, after } = pattern
      const text = decoder.decode(frame)
      const end = text.length - after.length
      if (end <= before.length || !text.startsWith(before) || !text.endsWith(after)) return null
      const piece = text.slice(before.length, end)
      return isLiteral(piece) ? piece : null
    },
    learn: (frame, chunk) => {
      if (learned >= most || chunk.text === '' || !isNamed(chunk)) return
      if (plainTextOf(chunk.value) === null) return
      learned += 1
      pattern = patternOf(decoder.decode(frame))
    },
    forget: () => {
      pattern = null
    },
  }
}
