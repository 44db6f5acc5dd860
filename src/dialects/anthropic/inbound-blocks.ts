// The content blocks of a streamed Anthropic message: one is open at a time. OpenAI's tool calls may interleave, so only
// the open call is written as it comes; others are held, and written whole when it closes.

import { type JsonObject, objectsOf } from '../json.ts'
import { writeJson } from '../lossless-json.ts'
import { addPiece, createHeldCalls, type HeldCall, takeCalls } from './inbound-calls.ts'

export const encodeEvent = (type: string, fields: JsonObject): string =>
  `event: ${type}\ndata: ${writeJson({ type, ...fields })}\n\n`

export interface BlockWriter {
  text(text: string): string
  thinking(thoughts: string): string
  toolCalls(calls: unknown): string
  /** Closes what is open and writes what is held. */
  end(): string
}

type Kind = 'text' | 'thinking' | 'tool_use'

const EMPTY_BLOCK: Record<Exclude<Kind, 'tool_use'>, JsonObject> = {
  text: { type: 'text', text: '' },
  thinking: { type: 'thinking', thinking: '', signature: '' },
}

interface OpenBlock {
  /** Of the block that is open, or was the last; -1 before the first. */
  index: number
  kind: Kind | null
  call: HeldCall | null
}

const startBlock = (open: OpenBlock, kind: Kind, block: JsonObject): string => {
  open.index += 1
  open.kind = kind
  return encodeEvent('content_block_start', { index: open.index, content_block: block })
}

const writeDelta = ({ index }: OpenBlock, delta: JsonObject): string =>
  encodeEvent('content_block_delta', { index, delta })

const stopBlock = (open: OpenBlock): string => {
  if (open.kind === null) return ''
  open.kind = null
  open.call = null
  return encodeEvent('content_block_stop', { index: open.index })
}

const writeArguments = (open: OpenBlock, call: HeldCall): string => {
  const { held } = call
  call.held = ''
  return held === '' ? '' : writeDelta(open, { type: 'input_json_delta', partial_json: held })
}

const startCall = (open: OpenBlock, call: HeldCall): string => {
  const block = { type: 'tool_use', id: call.id, name: call.name, input: {} }
  const started = startBlock(open, 'tool_use', block)
  open.call = call
  return started + writeArguments(open, call)
}

export const createBlockWriter = (): BlockWriter => {
  const open: OpenBlock = { index: -1, kind: null, call: null }
  const calls = createHeldCalls()

  const end = (): string => {
    const held = takeCalls(calls).filter((call) => call !== open.call)
    return stopBlock(open) + held.map((call) => startCall(open, call) + stopBlock(open)).join('')
  }
  const write = (kind: 'text' | 'thinking', delta: JsonObject): string => {
    const started = open.kind === kind ? '' : end() + startBlock(open, kind, EMPTY_BLOCK[kind])
    return started + writeDelta(open, delta)
  }
  const toolCall = (piece: JsonObject): string => {
    const call = addPiece(calls, piece, open.index + 1)
    if (call === open.call) return writeArguments(open, call)
    return open.call === null ? stopBlock(open) + startCall(open, call) : ''
  }
  return {
    text: (text) => write('text', { type: 'text_delta', text }),
    thinking: (thinking) => write('thinking', { type: 'thinking_delta', thinking }),
    toolCalls: (pieces) => objectsOf(pieces).map(toolCall).join(''),
    end,
  }
}
