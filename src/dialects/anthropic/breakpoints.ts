// Anthropic takes four cache breakpoints. Clients of other dialects set any number: the last ones are kept, as they cover most.
import { isObject, type JsonObject, mapSame, objectsOf } from '../json.ts'

const MAX_BREAKPOINTS = 4

const isMarked = (block: unknown): boolean => isObject(block) && isObject(block.cache_control)

const marksIn = (blocks: unknown): number => objectsOf(blocks).filter(isMarked).length

/** The blocks without their first `count` breakpoints. */
const unmarked = (blocks: unknown, count: number): unknown => {
  if (count === 0 || !Array.isArray(blocks)) return blocks
  let left = count
  return mapSame(blocks, (block) => {
    if (left === 0 || !isMarked(block)) return block
    left -= 1
    const { cache_control: _, ...bare } = block as JsonObject
    return bare
  })
}

/** The same body where Anthropic takes its breakpoints; else those of turns go before those of system prompt and tools. */
export const withinBreakpoints = (sent: JsonObject): JsonObject => {
  const turns = objectsOf(sent.messages)
  const inTurns = turns.reduce((sum, { content }) => sum + marksIn(content), 0)
  const inFront = marksIn(sent.tools) + marksIn(sent.system)
  let excess = inTurns + inFront - MAX_BREAKPOINTS
  if (excess <= 0) return sent
  const take = (blocks: unknown): unknown => {
    const count = Math.min(excess, marksIn(blocks))
    excess -= count
    return unmarked(blocks, count)
  }
  const messages = turns.map((turn) => ({ ...turn, content: take(turn.content) }))
  const system = take(sent.system)
  const tools = take(sent.tools)
  return { ...sent, messages, ...(sent.system ? { system } : {}), ...(sent.tools ? { tools } : {}) }
}
