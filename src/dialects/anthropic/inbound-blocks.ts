// The content blocks of a streamed Anthropic message: one is open at a time. OpenAI's tool calls may interleave, so only
// the open call is written as it comes; others are kept, and written whole when it closes.

import { isObject, type JsonObject, objectsOf } from '../json.ts'
import { writeJson } from '../lossless-json.ts'

export const encodeEvent = (type: string, fields: JsonObject): string =>
  `event: ${type}\ndata: ${writeJson({ type, ...fields })}\n\n`

interface Call {
  id: string
  name: string
  /** Arguments that have not been written. */
  held: string
}

type Kind = 'text' | 'thinking' | 'tool_use'

export interface BlockWriter {
  text(text: string): string
  thinking(thoughts: string): string
  toolCalls(calls: unknown): string
  /** Closes what is open and writes what is held. */
  end(): string
}

const OPENING: Record<Exclude<Kind, 'tool_use'>, JsonObject> = {
  text: { type: 'text', text: '' },
  thinking: { type: 'thinking', thinking: '', signature: '' },
}

export const createBlockWriter = (): BlockWriter => {
  const calls: Call[] = []
  /** The newest call of each key, and of each key with an id. */
  const newest = new Map<string, Call>()
  let index = -1
  let open: Kind | null = null
  let openCall: Call | null = null

  const start = (kind: Kind, block: JsonObject): string => {
    index += 1
    open = kind
    return encodeEvent('content_block_start', { index, content_block: block })
  }
  const delta = (fields: JsonObject): string =>
    encodeEvent('content_block_delta', { index, delta: fields })
  const stop = (): string => {
    if (open === null) return ''
    open = null
    openCall = null
    return encodeEvent('content_block_stop', { index })
  }
  const startCall = (call: Call): string => {
    const started = start('tool_use', { type: 'tool_use', id: call.id, name: call.name, input: {} })
    openCall = call
    return started + flush(call)
  }
  const flush = (call: Call): string => {
    const { held } = call
    call.held = ''
    return held === '' ? '' : delta({ type: 'input_json_delta', partial_json: held })
  }
  const end = (): string => {
    const held = calls.splice(0).filter((call) => call !== openCall)
    newest.clear()
    return stop() + held.map((call) => startCall(call) + stop()).join('')
  }
  const write = (kind: 'text' | 'thinking', fields: JsonObject): string => {
    const opening = open === kind ? '' : end() + start(kind, OPENING[kind])
    return opening + delta(fields)
  }
  const callOf = (key: number, id: string): Call => {
    // Some servers give every call the index 0: another id is another call.
    const known = newest.get(id === '' ? `${key}` : `${key} ${id}`)
    if (known) return known
    const call: Call = { id: id || `call_${index + 1 + calls.length}`, name: '', held: '' }
    calls.push(call)
    newest.set(`${key}`, call).set(`${key} ${call.id}`, call)
    return call
  }
  const toolCall = (given: JsonObject): string => {
    const fn = isObject(given.function) ? given.function : {}
    const key = typeof given.index === 'number' ? given.index : 0
    const call = callOf(key, typeof given.id === 'string' ? given.id : '')
    if (typeof fn.name === 'string' && call.name === '') call.name = fn.name
    if (typeof fn.arguments === 'string') call.held += fn.arguments
    if (call === openCall) return flush(call)
    if (openCall !== null) return ''
    return stop() + startCall(call)
  }
  return {
    text: (text) => write('text', { type: 'text_delta', text }),
    thinking: (thinking) => write('thinking', { type: 'thinking_delta', thinking }),
    toolCalls: (given) => objectsOf(given).map(toolCall).join(''),
    end,
  }
}
