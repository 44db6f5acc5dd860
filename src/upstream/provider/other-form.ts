// Handles answers in the wrong form: events for a request without streaming, or one JSON object for a request with it. A body is read by
// its content, whatever its content type.

import { assembleMessage, messageEvents } from '../../dialects/anthropic/message-events.ts'
import type { ByteReader } from '../../dialects/byte-reader.ts'
import { assembleCompletion } from '../../dialects/chat/assemble-completion.ts'
import { completionChunks } from '../../dialects/chat/completion-chunks.ts'
import type { DialectName } from '../../dialects/chat/upstream-request.ts'
import { isObject, type JsonObject, objectsOf, parseObject } from '../../dialects/json.ts'
import { writeJson } from '../../dialects/lossless-json.ts'
import { responseEvents, responseOfEvents } from '../../dialects/responses/whole-events.ts'
import { createFrameSplitter, DONE_DATA, encodeData, readData } from '../../dialects/sse.ts'

const EVENT_LINE = /^[\uFEFF\s]{0,64}(?:data|event|id|retry)?:/

/** Whether a body's text is events rather than JSON. */
export const isEventText = (text: string): boolean => EVENT_LINE.test(text.slice(0, 128))

const objectsOfLines = (text: string): JsonObject[] => {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const [first = ''] = lines
  if (lines.length < 2 || parseObject(first) === null) return []
  const objects = lines.map(parseObject)
  return objects.every(isObject) ? objects : []
}

/**
 * The text as events where it is JSON objects in a list (Gemini without `alt=sse`) or one on each line (NDJSON); null for
 * any other.
 */
export const eventTextOfList = (text: string): string | null => {
  const isList = text.trimStart().startsWith('[')
  const objects = isList ? objectsOf(parseObject(`{"list":${text}}`)?.list) : objectsOfLines(text)
  if (objects.length === 0) return null
  return objects.map((object) => `data: ${writeJson(object)}\n\n`).join('')
}

/** A body whose beginning was read. */
export interface OpenedBody {
  /** Whether the first non-blank byte begins a JSON object or list. */
  isJson: boolean
  /** The whole body, its beginning included. */
  body: ByteReader
}

const BLANK = new Set([0x09, 0x0a, 0x0d, 0x20, 0xef, 0xbb, 0xbf])
const OPENING = new Set([0x7b, 0x5b])

const firstOf = (part: Uint8Array): number | undefined => part.find((byte) => !BLANK.has(byte))

/** Reads up to the first non-blank byte. Rejects as the body does. */
export const openBody = async (reader: ByteReader): Promise<OpenedBody> => {
  const seen: (Uint8Array | null)[] = []
  let first: number | undefined
  while (first === undefined && seen.at(-1) !== null) {
    const piece = await reader.next()
    seen.push(piece)
    if (piece !== null) first = firstOf(piece)
  }
  const next: ByteReader['next'] = () => seen.shift() ?? reader.next()
  return {
    isJson: first !== undefined && OPENING.has(first),
    body: { next, cancel: reader.cancel },
  }
}

/** The events of a complete text, parsed where they are JSON. */
const eventsIn = (bytes: Uint8Array): JsonObject[] => {
  const splitter = createFrameSplitter()
  const frames = [...splitter.push(bytes), splitter.rest()]
  return frames.map((frame) => parseObject(readData(frame) ?? '')).filter(isObject)
}

/**
 * The complete answer of a finished stream's events, in the stream's dialect; null where they contain none.
 */
export const answerOfEvents = (
  bytes: Uint8Array,
  dialect: DialectName = 'openai',
): JsonObject | null => {
  const events = eventsIn(bytes)
  if (dialect === 'anthropic') return assembleMessage(events)
  if (dialect === 'responses') return responseOfEvents(events)
  const usage = events.findLast((event) => isObject(event.usage))?.usage
  return { ...assembleCompletion(events), ...(usage ? { usage } : {}) }
}

/** A complete answer as the bytes of a stream. */
export const eventsOfAnswer = (body: JsonObject, dialect: DialectName = 'openai'): Uint8Array[] => {
  if (dialect === 'anthropic') return messageEvents(body).map(namedEvent)
  if (dialect === 'responses') return responseEvents(body).map(namedEvent)
  const { id, model, created, usage } = body
  const last = { id, object: 'chat.completion.chunk', created, model, choices: [], usage }
  const chunks: JsonObject[] = [...completionChunks(body), ...(isObject(usage) ? [last] : [])]
  return [...chunks.map((chunk) => encodeData(writeJson(chunk))), encodeData(DONE_DATA)]
}

const namedEvent = (event: JsonObject): Uint8Array =>
  new TextEncoder().encode(`event: ${event.type}\ndata: ${writeJson(event)}\n\n`)

/** A body of these bytes. */
export const bodyOf = (parts: Uint8Array[]): ByteReader => {
  const left = [...parts]
  return { next: () => left.shift() ?? null, cancel: () => left.splice(0) }
}
