// The tool calls of a streamed Anthropic message, gathered from the pieces of chat's `tool_calls`. OpenAI's calls may
// interleave and Anthropic's blocks may not, so arguments are held until their block can be written.

import { isObject, type JsonObject } from '../json.ts'

export interface HeldCall {
  id: string
  name: string
  /** Arguments that have not been written. */
  held: string
}

/** The calls since the last block of another kind. */
export interface HeldCalls {
  list: HeldCall[]
  /** The newest call of each index, and of each index with an id. */
  newest: Map<string, HeldCall>
}

export const createHeldCalls = (): HeldCalls => ({ list: [], newest: new Map() })

const callOf = (calls: HeldCalls, { index, id }: JsonObject, nextBlock: number): HeldCall => {
  const key = typeof index === 'number' ? index : 0
  const providerId = typeof id === 'string' ? id : ''
  // Some servers give every call the index 0: another id is another call.
  const known = calls.newest.get(providerId === '' ? `${key}` : `${key} ${providerId}`)
  if (known) return known
  const call = { id: providerId || `call_${nextBlock + calls.list.length}`, name: '', held: '' }
  calls.list.push(call)
  calls.newest.set(`${key}`, call).set(`${key} ${call.id}`, call)
  return call
}

/**
 * Adds one piece to its call, which is returned.
 * @param nextBlock index of the block that is written next; from it the id of a call that has none is made
 */
export const addPiece = (calls: HeldCalls, piece: JsonObject, nextBlock: number): HeldCall => {
  const fn = isObject(piece.function) ? piece.function : {}
  const call = callOf(calls, piece, nextBlock)
  if (typeof fn.name === 'string' && call.name === '') call.name = fn.name
  if (typeof fn.arguments === 'string') call.held += fn.arguments
  return call
}

/** All calls; from here on a piece begins a call of its own. */
export const takeCalls = (calls: HeldCalls): HeldCall[] => {
  calls.newest.clear()
  return calls.list.splice(0)
}
