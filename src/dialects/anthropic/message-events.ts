// A whole Anthropic message ↔ the events of its stream: for providers that answer in the other form than was asked for.
import { isObject, type JsonObject, objectsOf, parseObject, textOf } from '../json.ts'
import { writeJson } from '../lossless-json.ts'

const DELTAS: Record<string, (block: JsonObject) => JsonObject[]> = {
  text: ({ text, citations }) => [
    { type: 'text_delta', text: textOf(text) },
    ...objectsOf(citations).map((citation) => ({ type: 'citations_delta', citation })),
  ],
  thinking: ({ thinking, signature }) => [
    { type: 'thinking_delta', thinking: textOf(thinking) },
    { type: 'signature_delta', signature: textOf(signature) },
  ],
  tool_use: ({ input }) => [{ type: 'input_json_delta', partial_json: writeJson(input ?? {}) }],
}

/** What a block is before its first delta. */
const opened = (block: JsonObject): JsonObject => {
  if (block.type === 'text') return { type: 'text', text: '' }
  if (block.type === 'thinking') return { type: 'thinking', thinking: '', signature: '' }
  return block.type === 'tool_use' ? { ...block, input: {} } : block
}

const blockEvents = (block: JsonObject, index: number): JsonObject[] => [
  { type: 'content_block_start', index, content_block: opened(block) },
  ...(DELTAS[String(block.type)]?.(block) ?? []).map((delta) => ({
    type: 'content_block_delta',
    index,
    delta,
  })),
  { type: 'content_block_stop', index },
]

export const messageEvents = (message: JsonObject): JsonObject[] => {
  const { content, stop_reason, stop_sequence = null, stop_details, usage, ...envelope } = message
  const empty = { content: [], stop_reason: null, stop_sequence: null, usage }
  const delta = { stop_reason, stop_sequence, ...(stop_details ? { stop_details } : {}) }
  return [
    { type: 'message_start', message: { ...envelope, ...empty } },
    ...objectsOf(content).flatMap(blockEvents),
    { type: 'message_delta', delta, usage: isObject(usage) ? usage : {} },
    { type: 'message_stop' },
  ]
}

interface Growing {
  block: JsonObject
  /** Pieces by field: joined once, at the end. */
  texts: Record<string, string[]>
  citations: unknown[]
}

const FIELD_OF: Record<string, string> = {
  text_delta: 'text',
  thinking_delta: 'thinking',
  signature_delta: 'signature',
  input_json_delta: 'partial_json',
}

const grow = ({ texts, citations }: Growing, delta: JsonObject): void => {
  const field = FIELD_OF[String(delta.type)]
  if (delta.type === 'citations_delta') citations.push(delta.citation)
  if (field === undefined) return
  const known = texts[field] ?? []
  texts[field] = known
  known.push(textOf(delta[field]))
}

const closed = ({ block, texts, citations }: Growing): JsonObject => {
  const { partial_json: pieces, ...others } = texts
  const joined = Object.entries(others).map(([field, parts]) => [
    field,
    textOf(block[field]) + parts.join(''),
  ])
  const input = pieces ? parseObject(pieces.join('')) : null
  return {
    ...block,
    ...Object.fromEntries(joined),
    ...(input && { input }),
    ...(citations.length > 0 && { citations }),
  }
}

/** The message that the events make up, or null where it is not complete. */
export const assembleMessage = (events: readonly JsonObject[]): JsonObject | null => {
  const blocks = new Map<unknown, Growing>()
  let message: JsonObject | null = null
  let isWhole = false
  for (const event of events) {
    const { type, index, delta } = event
    if (type === 'message_start' && isObject(event.message)) message = { ...event.message }
    if (type === 'content_block_start' && isObject(event.content_block)) {
      blocks.set(index, { block: event.content_block, texts: {}, citations: [] })
    }
    const block = blocks.get(index)
    if (type === 'content_block_delta' && block && isObject(delta)) grow(block, delta)
    if (type === 'message_delta' && message !== null) {
      const counted: JsonObject = isObject(message.usage) ? message.usage : {}
      const usage = { ...counted, ...(isObject(event.usage) ? event.usage : {}) }
      message = { ...message, ...(isObject(delta) ? delta : {}), usage }
    }
    isWhole ||= type === 'message_stop'
  }
  return message !== null && isWhole
    ? { ...message, content: [...blocks.values()].map(closed) }
    : null
}
