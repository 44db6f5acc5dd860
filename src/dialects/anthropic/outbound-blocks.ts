// The content blocks of an Anthropic stream → deltas of chat chunks, at most one for each event. A stream interleaves
// blocks; each is known by its index.

import { isObject, type JsonObject, textOf } from '../json.ts'
import { writeJson } from '../lossless-json.ts'
import { callerOf } from './outbound-reply.ts'

/** A thinking block that is open; its pieces are joined once, when it closes. */
interface OpenThought {
  thinking: string[]
  signature: string[]
}

/** A tool_use block that is open. */
interface OpenCall {
  /** Its index among the calls of the answer. */
  index: number
  hasArguments: boolean
  /** Input that came whole with the block's start. */
  input: unknown
}

/** The open blocks of one answer, by their index. */
export interface OpenBlocks {
  calls: Map<unknown, OpenCall>
  thoughts: Map<unknown, OpenThought>
  /** Calls so far, closed ones included. */
  callCount: number
}

type Delta = JsonObject | null

export const createOpenBlocks = (): OpenBlocks => ({
  calls: new Map(),
  thoughts: new Map(),
  callCount: 0,
})

const toolDelta = (index: number, rest: JsonObject): JsonObject => ({
  tool_calls: [{ index, ...rest }],
})

const startThought = (open: OpenBlocks, index: unknown, block: JsonObject): Delta => {
  const { thinking, signature } = block
  open.thoughts.set(index, { thinking: [textOf(thinking)], signature: [textOf(signature)] })
  return thinking ? { reasoning_content: thinking } : null
}

const startCall = (open: OpenBlocks, index: unknown, block: JsonObject): Delta => {
  const call: OpenCall = { index: open.callCount, hasArguments: false, input: block.input }
  open.callCount += 1
  open.calls.set(index, call)
  const fn = { name: block.name, arguments: '' }
  const rest = { type: 'function', function: fn, ...callerOf(block.caller) }
  return toolDelta(call.index, { id: block.id, ...rest })
}

/** A `content_block_start` event. */
export const startBlock = (open: OpenBlocks, event: JsonObject): Delta => {
  const { index, content_block: block } = event
  if (!isObject(block)) return null
  if (block.type === 'text') return block.text ? { content: block.text } : null
  if (block.type === 'redacted_thinking') return { thinking_blocks: [block] }
  if (block.type === 'thinking') return startThought(open, index, block)
  return block.type === 'tool_use' ? startCall(open, index, block) : null
}

const addArguments = (call: OpenCall | undefined, json: unknown): Delta => {
  if (!call || !json) return null
  call.hasArguments = true
  return toolDelta(call.index, { function: { arguments: json } })
}

/** A `content_block_delta` event. */
export const continueBlock = (open: OpenBlocks, { index, delta }: JsonObject): Delta => {
  if (!isObject(delta)) return null
  switch (delta.type) {
    case 'text_delta':
      return { content: delta.text }
    case 'signature_delta':
      open.thoughts.get(index)?.signature.push(textOf(delta.signature))
      return null
    case 'thinking_delta':
      open.thoughts.get(index)?.thinking.push(textOf(delta.thinking))
      return { reasoning_content: delta.thinking }
    case 'input_json_delta':
      return addArguments(open.calls.get(index), delta.partial_json)
    default:
      return null
  }
}

const stopThought = (open: OpenBlocks, index: unknown, thought: OpenThought): Delta => {
  open.thoughts.delete(index)
  const signature = thought.signature.join('')
  if (signature === '') return null
  return {
    thinking_blocks: [{ type: 'thinking', thinking: thought.thinking.join(''), signature }],
  }
}

// Anthropic sends no arguments for a call without any, and compatible servers send all of them with the block's start;
// OpenAI's clients parse the arguments that they were sent.
const stopCall = (open: OpenBlocks, index: unknown): Delta => {
  const call = open.calls.get(index)
  open.calls.delete(index)
  if (!call || call.hasArguments) return null
  const written = isObject(call.input) ? writeJson(call.input) : textOf(call.input) || '{}'
  return toolDelta(call.index, { function: { arguments: written } })
}

/** A `content_block_stop` event. */
export const stopBlock = (open: OpenBlocks, { index }: JsonObject): Delta => {
  const thought = open.thoughts.get(index)
  return thought ? stopThought(open, index, thought) : stopCall(open, index)
}

/** Closes the calls that the stream left open. */
export const stopCalls = (open: OpenBlocks): JsonObject[] =>
  [...open.calls.keys()]
    .map((index) => stopBlock(open, { index }))
    .filter((delta) => delta !== null)
