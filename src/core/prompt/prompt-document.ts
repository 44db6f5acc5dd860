// A long text beside a short request: the request stays, the text goes. Measured on 48 prompts of 16 requests: all of it 16
// right, request and 240 characters of the text 27, request and 60 characters 37, the request alone 45. What a pasted text is
// about says little of what is wanted with it. That holds for prose. Where the long part is made of labelled parts, options or
// items, or speaks of a task itself, it says what is wanted, and the short part is what it is wanted for: nothing goes.
import type { Segment } from './prompt-blocks.ts'

const SHORT_PART = 350
const LONG_BODY = 500
/** A request of fewer words ("this one?") leaves open what is wanted: then a little of the text has to help. */
const TELLING_WORDS = 2
const EXCERPT_CHARS = 60

const partsOf = (text: string): string[] => {
  const paragraphs = text.split(/\n\s*\n/)
  const parts = paragraphs.length > 1 ? paragraphs : text.split('\n')
  return parts.map((part) => part.trim()).filter((part) => part !== '')
}

const wordsOf = (text: string): number => text.match(/\p{L}+/gu)?.length ?? 0

/** A question, or what announces a text, is a request; a salutation ("Dear Ms Lee,") belongs to the text. */
const requestLikeness = (part: string): number => {
  if (/[?:：？]["'”’»)]*$/u.test(part)) return 1
  return /,$/.test(part) ? -1 : 0
}

/** How many parts at the beginning, and at the end, are the request: 0 or 1 each, both where neither is likelier. */
const requestEnds = (parts: readonly string[]): { first: number; last: number } => {
  const [start = ''] = parts
  const end = parts.at(-1) ?? ''
  const isShort = (part: string) => part.length <= SHORT_PART
  if (parts.length < 2) return { first: 0, last: 0 }
  if (!isShort(start) || !isShort(end)) {
    return { first: Number(isShort(start)), last: Number(isShort(end) && !isShort(start)) }
  }
  const lead = requestLikeness(start) - requestLikeness(end)
  return { first: Number(lead >= 0), last: Number(lead <= 0) }
}

/** A line is known by so many of its characters. */
const LINE_START = 80
/** A labelled part, an item, an option, a heading, a tag or data. */
const PART =
  /^[\s>*#_[(-]{0,6}\p{L}[^\n:：.!?,;]{0,47}[:：]|^\s{0,3}(?:[-*•]\s|#{1,6}\s|[<[{|]|[([]?[\p{L}\p{N}]{1,3}[.)\]]\s)/u
/** "Input: …", "Question: …": one part of a form. */
const FORM_PART = /^[^\p{L}\n]{0,6}\p{L}+\s?[:：]/u
/** What a task says of itself and of who is to do it, in the languages that instructions are mostly written in. */
const TASK_WORDS = [
  '(?:this|your) (?:task|job|goal|role)',
  "you(?:'re| are| will be| have been) (?:given|shown|provided|presented|asked|expected|required|supposed)",
  'you (?:must|should|need to|have to)',
  '(?:ask|want) you to',
  '(?:given|provided) (?:an?|two|three|the|some|sentences?|texts?)',
  'output',
  '(?:deine|ihre) aufgabe|(?:ta|votre) tâche|(?:tu|su) tarea|(?:sua|tua) tarefa',
]
const TASK = new RegExp(`\\b(?:${TASK_WORDS.join('|')})\\b|任务|任務|タスク|задача|задание`, 'iu')

/** Prose that speaks of no task, beside something that is more than a part of a form. */
const isPasted = (body: string, request: string): boolean =>
  !FORM_PART.test(request) &&
  !TASK.test(body) &&
  !body.split('\n').some((line) => PART.test(line.slice(0, LINE_START)))

const documentOf = (body: string, request: string): Segment => {
  if (wordsOf(request) >= TELLING_WORDS) return { kind: 'document', text: '' }
  const excerpt = body.slice(0, EXCERPT_CHARS).toWellFormed().replace(/\s+/g, ' ').trim()
  return { kind: 'document', text: `${excerpt} …` }
}

/**
 * Own words of more than 500 characters with a short first or last part become a document and a request; the same
 * segment where they are short, where nothing tells the request from the rest, or where the rest is more than a pasted text.
 */
export const splitDocument = (segment: Segment): Segment[] => {
  if (segment.kind !== null || segment.text.length < LONG_BODY) return [segment]
  const parts = partsOf(segment.text)
  const { first, last } = requestEnds(parts)
  const body = parts.slice(first, parts.length - last).join('\n')
  if (first + last === 0 || body.length < LONG_BODY) return [segment]
  const before = parts.slice(0, first).map((text): Segment => ({ kind: null, text }))
  const after = parts.slice(parts.length - last).map((text): Segment => ({ kind: null, text }))
  const request = [...before, ...after].map(({ text }) => text).join('\n')
  if (!isPasted(body, request)) return [segment]
  return [...before, documentOf(body, request), ...after]
}
