// Gemini's function calls need no ids, OpenAI's do: calls without an id get one, and a response without an id answers the
// oldest open call of its name. Each takes constant time, however long the conversation is.
import { type JsonObject, refuse, textOf } from '../json.ts'
import { writeJson } from '../lossless-json.ts'
import { fieldsOf } from './inbound-names.ts'

export interface CallIds {
  /** A call of the model → OpenAI's tool call. */
  call(part: JsonObject, path: string): JsonObject
  /** A response to one → OpenAI's tool message. @throws RouterError `invalid_request` where it answers none */
  answer(part: JsonObject, path: string): JsonObject
}

/** Ids of the calls of one function, oldest first. */
interface Queue {
  ids: string[]
  /** Position of the first call that may be open: all before it have been answered. */
  next: number
}

const requireName = (name: unknown, path: string): string =>
  textOf(name) === '' ? refuse(`${path}.name`, 'expected the name of a function') : textOf(name)

/** A result as text for the model: the string alone where there is nothing else. */
const resultText = (response: unknown): string => {
  const fields = fieldsOf(response)
  const [only, ...others] = Object.entries(fields)
  const isPlain = only && others.length === 0 && ['result', 'output'].includes(only[0])
  return isPlain && typeof only[1] === 'string' ? only[1] : writeJson(response ?? {})
}

/** Where Google's own OpenAI endpoint puts it. */
const toSignature = ({ thoughtSignature: signature }: JsonObject): JsonObject =>
  typeof signature === 'string'
    ? { extra_content: { google: { thought_signature: signature } } }
    : {}

export const createCallIds = (): CallIds => {
  const queues = new Map<string, Queue>()
  const open = new Set<string>()
  let made = 0
  const oldestOf = (name: string): string | undefined => {
    const queue = queues.get(name)
    if (!queue) return undefined
    while (queue.next < queue.ids.length && !open.has(queue.ids[queue.next] ?? '')) queue.next += 1
    return queue.ids[queue.next]
  }
  return {
    call: (part, path) => {
      const { id: callerId, name: called, args } = fieldsOf(part.functionCall)
      made += 1
      const id = textOf(callerId) || `call_${made}`
      const name = requireName(called, `${path}.functionCall`)
      const queue = queues.get(name) ?? { ids: [], next: 0 }
      queue.ids.push(id)
      queues.set(name, queue)
      open.add(id)
      return {
        id,
        type: 'function',
        function: { name, arguments: writeJson(args ?? {}) },
        ...toSignature(part),
      }
    },
    answer: (part, path) => {
      const { id: callerId, name, response } = fieldsOf(part.functionResponse)
      const at = `${path}.functionResponse`
      const id = open.has(textOf(callerId)) ? textOf(callerId) : oldestOf(requireName(name, at))
      if (id === undefined) return refuse(at, 'answers no call of an earlier content')
      open.delete(id)
      return { role: 'tool', tool_call_id: id, content: resultText(response) }
    },
  }
}
