// The answers of the echo provider: a pure function of the request, so that the same request gets the same answer. Its tokens are
// words, which keeps `max_tokens` and `usage` consistent and needs no tokenizer.

import type { ChatBody, UpstreamRequest } from '../../dialects/chat/upstream-request.ts'
import { isObject } from '../../dialects/json.ts'
import { writeJson } from '../../dialects/lossless-json.ts'
import { RouterError } from '../../errors.ts'
import { minimalValue } from './minimal-value.ts'

const ECHOED_CHARS = 200
/** UTF-16 units that are read: enough for `ECHOED_CHARS` code points. */
const READ_UNITS = 2 * (ECHOED_CHARS + 1)
/** Units of the last message that are searched for words to echo. */
const MOST_LOOKED_AT = 65_536
/** Units whose words are counted; longer texts are extrapolated. */
const MOST_COUNTED = 1_048_576

export interface EchoAnswer {
  /** Pieces of the text; joined they are the content. Empty for a tool call. */
  words: string[]
  toolCall: { id: string; name: string; arguments: string } | null
  finishReason: 'stop' | 'length' | 'tool_calls'
  promptTokens: number
  completionTokens: number
}

// A client that asked for JSON parses what it gets.
const askedJson = ({ response_format: format }: ChatBody): string | null => {
  if (!isObject(format)) return null
  if (format.type === 'json_object') return '{}'
  if (format.type !== 'json_schema' || !isObject(format.json_schema)) return null
  return writeJson(minimalValue(format.json_schema.schema))
}

/** @throws RouterError `invalid_request` where `tool_choice` names a function that `tools` does not hold. */
export const echoAnswer = ({ body, route, target, requestId }: UpstreamRequest): EchoAnswer => {
  const promptTokens = countAll(body.messages.flatMap(textsOf))
  const tool = forcedTool(body)
  if (tool !== null) {
    const toolCall = { id: `call_${requestId}`, ...tool }
    return { words: [], toolCall, finishReason: 'tool_calls', promptTokens, completionTokens: 1 }
  }
  const all = splitWords(
    askedJson(body) ??
      `This is the built-in demo provider, not a language model. Route: ${route}. ` +
        `It stands in for the model ${target.model}. You wrote: ${shorten(lastUserText(body))}`,
  )
  const limit = tokenLimit(body)
  const words = all.slice(0, limit)
  return {
    words,
    toolCall: null,
    finishReason: words.length < all.length ? 'length' : 'stop',
    promptTokens,
    completionTokens: words.length,
  }
}

// Each word keeps the space before it, as tokens do. The lookbehind keeps the match linear: without it 80 kB of spaces took 5 s.
const splitWords = (text: string): string[] => text.match(/(?<!\s)\s*\S+/g) ?? []

/** Code units beyond ASCII that `\s` matches. */
const BLANKS = new Set(
  '\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff',
)

const isBlank = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at)
  return code < 0x80
    ? code === 0x20 || (code >= 0x09 && code <= 0x0d)
    : BLANKS.has(text[at] as string)
}

/** Number of words, counted without a match for each: a megabyte may have half a million. */
const countWords = (text: string): number => {
  let words = 0
  let isWord = false
  for (let at = 0; at < text.length; at++) {
    const wasWord = isWord
    isWord = !isBlank(text, at)
    if (isWord && !wasWord) words += 1
  }
  return words
}

const countAll = (texts: readonly string[]): number => {
  let words = 0
  let counted = 0
  let units = 0
  for (const text of texts) {
    const read = text.slice(0, MOST_COUNTED - counted)
    words += countWords(read)
    counted += read.length
    units += text.length
  }
  return counted === units ? words : Math.round((words * units) / counted)
}

const tokenLimit = (body: ChatBody): number => {
  const limit = body.max_completion_tokens ?? body.max_tokens
  return typeof limit === 'number' ? Math.max(0, Math.floor(limit)) : Number.POSITIVE_INFINITY
}

const lastUserText = (body: ChatBody): string => {
  const message = body.messages.findLast((m) => isObject(m) && m.role === 'user')
  let text = ''
  for (const part of textsOf(message)) {
    text += `${text === '' ? '' : ' '}${part.slice(0, MOST_LOOKED_AT)}`
    if (text.length > MOST_LOOKED_AT) break
  }
  return text
}

/** Texts of a message whose content is a string, parts or null. */
const textsOf = (message: unknown): string[] => {
  const content = isObject(message) ? message.content : null
  if (typeof content === 'string') return [content]
  if (!Array.isArray(content)) return []
  return content
    .map((part) => (isObject(part) && typeof part.text === 'string' ? part.text : ''))
    .filter((text) => text !== '')
}

/** The beginning of a text on one line; reads no more than needed. */
const shorten = (text: string): string => {
  let line = ''
  for (const [word] of text.matchAll(/\S+/g)) {
    line += `${line === '' ? '' : ' '}${word.slice(0, READ_UNITS)}`
    if (line.length > READ_UNITS) break
  }
  if (line === '') return '(nothing)'
  const chars = [...line] // code points: a cut must not halve an emoji
  return chars.length > ECHOED_CHARS ? `${chars.slice(0, ECHOED_CHARS - 1).join('')}…` : line
}

const forcedTool = (body: ChatBody): { name: string; arguments: string } | null => {
  const tools = Array.isArray(body.tools) ? body.tools.filter(isObject) : []
  const choice = body.tool_choice
  const named = isObject(choice) && isObject(choice.function) ? choice.function.name : null
  if (named === null && choice !== 'required') return null
  const functions = tools.map((tool) => tool.function).filter(isObject)
  const chosen = functions.find((fn) => named === null || fn.name === named)
  if (chosen === undefined || typeof chosen.name !== 'string') {
    throw new RouterError('invalid_request', 'tool_choice asks for a function that tools lacks.', {
      param: 'tool_choice',
    })
  }
  const value = chosen.parameters === undefined ? {} : minimalValue(chosen.parameters)
  return { name: chosen.name, arguments: writeJson(isObject(value) ? value : {}) }
}
