// The names that a Responses request's tools have in chat. Chat has one flat list of functions; here a tool may
// stand in a namespace, or take free text, and is called back by what it is.
import { type JsonObject, parseObject, textOf } from '../json.ts'
import { writeJson } from '../lossless-json.ts'

export interface ToolOrigin {
  kind: 'function' | 'custom'
  name: string
  /** Null where it stands in none. */
  namespace: string | null
}

export interface ToolNames {
  /** Name of a new tool in chat: its own where that is free, else with its namespace before it. */
  add(origin: ToolOrigin): string
  /** Name in chat of a tool that is named in a call or a choice; its own where it was not offered. */
  chatName(name: string, namespace: unknown): string
  /** The tool that a call of chat names; a function without namespace where it is unknown. */
  originOf(chatName: string): ToolOrigin
}

const keyOf = (name: string, namespace: unknown): string => writeJson([textOf(namespace), name])

export const createToolNames = (): ToolNames => {
  const chatNames = new Map<string, string>()
  const origins = new Map<string, ToolOrigin>()
  return {
    add: (origin) => {
      const { name, namespace } = origin
      const isFree = namespace === null || !origins.has(name)
      const chatName = isFree ? name : `${namespace}__${name}`
      chatNames.set(keyOf(name, namespace), chatName)
      origins.set(chatName, origin)
      return chatName
    },
    chatName: (name, namespace) => chatNames.get(keyOf(name, namespace)) ?? name,
    originOf: (chatName) =>
      origins.get(chatName) ?? { kind: 'function', name: chatName, namespace: null },
  }
}

/** Chat's functions take an object: the one field in which a custom tool's text stands. */
export const INPUT_FIELD = 'input'

export const toArguments = (input: string): string => writeJson({ [INPUT_FIELD]: input })

/** The text of a custom tool's call; the arguments themselves where a model did not write the object. */
export const toInput = (written: string): string => {
  const parsed: JsonObject | null = parseObject(written)
  const input = parsed?.[INPUT_FIELD]
  return typeof input === 'string' ? input : written
}
