// Anthropic's events → chat chunks. The finish is told at message_stop, together with usage and [DONE]: a client that
// has seen a finish_reason has seen the whole answer.

import type { EventTranslator } from '../chat/event-translator.ts'
import { isObject, type JsonObject, parseObject, textOf } from '../json.ts'
import { writeJson } from '../lossless-json.ts'
import { DONE_DATA, encodeData, readData } from '../sse.ts'
import { toErrorPayload } from './outbound-errors.ts'
import { refusalOf, toCompletionId, toFinishReason } from './outbound-reply.ts'
import { mergeCounts, type TokenCounts, toOpenAiUsage, toUsage } from './outbound-usage.ts'

/** A thinking block that is open; its pieces are joined once, when it closes. */
interface OpenThought {
  thinking: string[]
  signature: string[]
}

/** A tool_use block that is open. */
interface OpenCall {
  index: number
  hasArguments: boolean
  /** Input that came whole with the block's beginning. */
  input: unknown
}

const toolDelta = (index: number, rest: JsonObject): JsonObject => ({
  tool_calls: [{ index, ...rest }],
})

/** @param nowMs epoch milliseconds, for `created` */
export const createEventTranslator = (nowMs: number): EventTranslator => {
  const created = Math.floor(nowMs / 1_000)
  let base: JsonObject = { id: toCompletionId(null), object: 'chat.completion.chunk', created }
  let counts: TokenCounts | null = null
  let stopReason: unknown = null
  let refusal: string | null = null
  let calls = 0
  /** By the block's index. */
  const open = new Map<unknown, OpenCall>()
  const thoughts = new Map<unknown, OpenThought>()

  const chunk = (delta: JsonObject, finish: string | null = null): Uint8Array =>
    encodeData(writeJson({ ...base, choices: [{ index: 0, delta, finish_reason: finish }] }))
  const start = ({ message }: JsonObject): Uint8Array[] => {
    const { id, model, usage } = isObject(message) ? message : {}
    base = { ...base, id: toCompletionId(id), model }
    counts = mergeCounts(counts, usage)
    return [chunk({ role: 'assistant', content: '' })]
  }
  const startBlock = ({ index, content_block: block }: JsonObject): Uint8Array[] => {
    if (!isObject(block)) return []
    if (block.type === 'text' && block.text) return [chunk({ content: block.text })]
    if (block.type === 'redacted_thinking') return [chunk({ thinking_blocks: [block] })]
    if (block.type === 'thinking') {
      const { thinking, signature } = block
      thoughts.set(index, { thinking: [textOf(thinking)], signature: [textOf(signature)] })
      return thinking ? [chunk({ reasoning_content: thinking })] : []
    }
    if (block.type !== 'tool_use') return []
    const call: OpenCall = { index: calls, hasArguments: false, input: block.input }
    calls += 1
    open.set(index, call)
    const fn = { name: block.name, arguments: '' }
    return [chunk(toolDelta(call.index, { id: block.id, type: 'function', function: fn }))]
  }
  const continueBlock = ({ index, delta }: JsonObject): Uint8Array[] => {
    if (!isObject(delta)) return []
    if (delta.type === 'text_delta') return [chunk({ content: delta.text })]
    if (delta.type === 'signature_delta') {
      thoughts.get(index)?.signature.push(textOf(delta.signature))
      return []
    }
    if (delta.type === 'thinking_delta') {
      thoughts.get(index)?.thinking.push(textOf(delta.thinking))
      return [chunk({ reasoning_content: delta.thinking })]
    }
    const call = open.get(index)
    if (delta.type !== 'input_json_delta' || !call || !delta.partial_json) return []
    call.hasArguments = true
    return [chunk(toolDelta(call.index, { function: { arguments: delta.partial_json } }))]
  }
  // Anthropic says nothing for a call without arguments, and its kin all of them at the block's beginning; OpenAI's
  // clients parse what was said.
  const stopThought = (index: unknown): Uint8Array[] => {
    const thought = thoughts.get(index)
    thoughts.delete(index)
    const signature = thought?.signature.join('') ?? ''
    if (!thought || signature === '') return []
    const record = { type: 'thinking', thinking: thought.thinking.join(''), signature }
    return [chunk({ thinking_blocks: [record] })]
  }
  const stopBlock = ({ index }: JsonObject): Uint8Array[] => {
    if (thoughts.has(index)) return stopThought(index)
    const call = open.get(index)
    open.delete(index)
    if (!call || call.hasArguments) return []
    const written = isObject(call.input) ? writeJson(call.input) : textOf(call.input) || '{}'
    return [chunk(toolDelta(call.index, { function: { arguments: written } }))]
  }
  const noteDelta = ({ delta, usage }: JsonObject): Uint8Array[] => {
    if (isObject(delta)) {
      stopReason = delta.stop_reason ?? stopReason
      refusal = refusalOf(delta) ?? refusal
    }
    counts = mergeCounts(counts, usage)
    return []
  }
  const finish = (): Uint8Array[] => {
    const usage = counts && { ...base, choices: [], usage: toOpenAiUsage(counts) }
    const unstopped = [...open.keys()].flatMap((index) => stopBlock({ index }))
    return [
      ...unstopped,
      ...(refusal === null ? [] : [chunk({ refusal })]),
      chunk({}, toFinishReason(stopReason)),
      ...(usage ? [encodeData(writeJson(usage))] : []),
      encodeData(DONE_DATA),
    ]
  }
  const EVENTS: Record<string, (event: JsonObject) => Uint8Array[]> = {
    message_start: start,
    content_block_start: startBlock,
    content_block_delta: continueBlock,
    content_block_stop: stopBlock,
    message_delta: noteDelta,
    message_stop: finish,
    error: (event) => [encodeData(writeJson(toErrorPayload(event)))],
  }
  return {
    event: (frame) => {
      const data = readData(frame)
      if (data === null) return []
      const event = parseObject(data)
      if (event === null) return [frame]
      const translate = Object.hasOwn(EVENTS, String(event.type))
        ? EVENTS[String(event.type)]
        : null
      return translate ? translate(event) : []
    },
    end: () => [],
    get usage() {
      return toUsage(counts)
    },
  }
}
