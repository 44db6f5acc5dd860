// A JSON object's text with some of its members changed: all others stay byte for byte as they were written, with their
// blanks, their escapes and their digits. One pass over the text.

import { behindString } from '../core/json-shape.ts'
import type { JsonObject } from './json.ts'
import { writeJson } from './lossless-json.ts'

interface Member {
  key: string
  start: number
  valueStart: number
  end: number
}

const QUOTE = 0x22
const OPEN = new Set([0x7b, 0x5b])
const CLOSE = new Set([0x7d, 0x5d])
const COMMA = 0x2c
const COLON = 0x3a

const isBlank = (code: number): boolean =>
  code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

/** Position behind the value that begins at `start`. */
const behindValue = (text: string, start: number): number => {
  if (text.charCodeAt(start) === QUOTE) return behindString(text, start + 1)
  let depth = 0
  let at = start
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = behindString(text, at + 1)
      continue
    }
    if (OPEN.has(code)) depth += 1
    const isEnd = CLOSE.has(code)
    if (depth === 0 && (isEnd || code === COMMA || isBlank(code))) return at
    if (isEnd) depth -= 1
    at += 1
    if (isEnd && depth === 0) return at
  }
  return at
}

/** The members of the outermost object of valid JSON; null where a key stands twice. */
const membersOf = (text: string): Member[] | null => {
  const members: Member[] = []
  const keys = new Set<string>()
  let at = text.indexOf('{') + 1
  while (at > 0 && at < text.length) {
    const start = text.indexOf('"', at)
    if (start === -1) break
    const keyEnd = behindString(text, start + 1)
    const key = String(JSON.parse(text.slice(start, keyEnd)))
    if (keys.has(key)) return null
    keys.add(key)
    let valueStart = keyEnd
    while (isBlank(text.charCodeAt(valueStart)) || text.charCodeAt(valueStart) === COLON) {
      valueStart += 1
    }
    const end = behindValue(text, valueStart)
    members.push({ key, start, valueStart, end })
    at = end
  }
  return members
}

/**
 * The text of `edited`, given that `original` was read from `text`: members of the same value (by identity) keep their
 * own text, others are written anew, new ones follow at the end.
 */
export const editedText = (text: string, original: JsonObject, edited: JsonObject): string => {
  const members = membersOf(text)
  const [first] = members ?? []
  if (members === null || first === undefined) return writeJson(edited)
  const parts = [text.slice(0, first.start)]
  let isFirst = true
  let before = first.start
  for (const { key, start, valueStart, end } of members) {
    const separator = text.slice(before, start)
    before = end
    if (!Object.hasOwn(edited, key) || edited[key] === undefined) continue
    if (!isFirst) parts.push(separator || ',')
    isFirst = false
    const isSame = edited[key] === original[key]
    parts.push(
      isSame ? text.slice(start, end) : text.slice(start, valueStart) + writeJson(edited[key]),
    )
  }
  for (const [key, value] of Object.entries(edited)) {
    if (Object.hasOwn(original, key) || value === undefined) continue
    parts.push(`${isFirst ? '' : ','}${JSON.stringify(key)}:${writeJson(value)}`)
    isFirst = false
  }
  return parts.join('') + text.slice(before)
}
