// A question inside a template: instructions that only hand it on, retrieved texts, an open slot for the answer. The question
// alone is classified, wherever it stands. Found by labels, headings and tags and by what they head, in one pass over the
// lines. A template whose own words ask for something else ("classify the question …") is left as it is.
import { delegates, type LabelRole, roleOfLabel } from './template-words.ts'

interface Section {
  /** Null for what stands before the first label. */
  role: LabelRole | null
  lines: string[]
}

/** Shorter texts hold no template. */
const LEAST_CHARS = 100
const MOST_QUESTION_CHARS = 2_000
/** Of a question that nothing labels. */
const SHORT_QUESTION_CHARS = 350
/** What stands beside a question that no label of a text or an answer makes part of a template. */
const LEAST_BESIDE = 300
/** Of a line that is nothing but a label. */
const MOST_HEADING_CHARS = 80

const INLINE =
  /^[\s>*#_[(-]{0,6}([\p{L}\p{M}][^\n:：.!?,;]{0,47}?)[\])*_]{0,4}\s?[:：][*_]{0,2}(?:\s|$|(?<=：))/u
const HEADING =
  /^\s{0,3}(?:#{1,6}\s+|\*\*|={2,}\s*|-{2,}\s+|\[|【|《)([^\n]{1,80}?)(?:\*\*|={2,}|-{2,}|#+|\]|】|》)?\s*[:：]?\s*$/u
const NUMBERED = /^\s{0,3}(?:[\p{L}]{2,14} ?)?[[(#]\p{N}{1,3}[\])]?[\s:.(]/u
const RULE = /^\s*[-=_*~]{3,}\s*$/
const MOST_LABEL_WORDS = 5

const isLabel = (label: string): boolean => label.trim().split(/\s+/).length <= MOST_LABEL_WORDS

/** The role that a line gives to what follows, and what of it follows already; null for a line of a section. */
const openingOf = (line: string): { role: LabelRole; rest: string } | null => {
  if (RULE.test(line)) return { role: 'other', rest: '' }
  const start = line.slice(0, 160)
  const inline = INLINE.exec(start)
  if (inline && isLabel(inline[1] as string)) {
    const label = inline[1] as string
    const role = roleOfLabel(label)
    const rest = line.slice(inline[0].length)
    // "A: …" is an option, or an example's answer; "A:" alone is to be filled in.
    const isOption = /^\W*\w\W*$/.test(label) && role === 'answer' && rest.trim() !== ''
    if (role !== 'other' && !isOption) return { role, rest }
  }
  if (line.length <= MOST_HEADING_CHARS) {
    const heading = HEADING.exec(line)?.[1] ?? /^\s*([^\n]{1,78})[:：]\s*$/u.exec(line)?.[1]
    if (heading !== undefined) return { role: roleOfLabel(heading), rest: '' }
  }
  return NUMBERED.test(start) ? { role: 'material', rest: line } : null
}

const sectionsOf = (text: string): Section[] => {
  const sections: Section[] = [{ role: null, lines: [] }]
  for (const line of text.split('\n')) {
    const opening = openingOf(line)
    if (opening === null) sections.at(-1)?.lines.push(line)
    else sections.push({ role: opening.role, lines: [opening.rest] })
  }
  return sections
}

const textOf = ({ lines }: Section): string => lines.join('\n').trim()

const hasWord = /[\p{L}\p{N}]/u

/** What stands under a question's label; of one that a document follows without a label, its first paragraph. */
const questionOf = (section: Section): string => {
  const text = textOf(section)
  const [first = ''] = text.split(/\n\s*\n/, 1)
  return text.length > first.length + MOST_QUESTION_CHARS / 4 ? first : text
}

/** The last question that is asked; those before it are examples or earlier turns. */
const lastQuestion = (sections: readonly Section[]): number =>
  sections.findLastIndex(
    (section) => section.role === 'question' && hasWord.test(questionOf(section)),
  )

/** That an answer is to be filled in at the end, or texts stand beside the question, makes it a template. */
const isTemplate = (sections: readonly Section[], at: number): boolean => {
  const last = sections.at(-1) as Section
  const isOpen = last.role === 'answer' && !hasWord.test(textOf(last))
  return isOpen || sections.some(({ role }, i) => i !== at && role === 'material')
}

/** Own words of the template: what stands before its labels, and under labels that name no part of it. */
const instructionsOf = (sections: readonly Section[]): string =>
  sections
    .filter(({ role }) => role === null || role === 'other')
    .map(textOf)
    .join('\n')

const jsonQuestion = (text: string): string | null => {
  if (!text.startsWith('{') || !text.endsWith('}')) return null
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return null
  }
  const entries = Object.entries(parsed as Record<string, unknown>)
  const asked = entries.filter(
    ([key, value]) => typeof value === 'string' && roleOfLabel(spaced(key)) === 'question',
  )
  const isBeside = entries.some(([key]) => roleOfLabel(spaced(key)) === 'material')
  return asked.length === 1 && isBeside ? ((asked[0]?.[1] as string) ?? null) : null
}

const spaced = (key: string): string => key.replaceAll(/[_-]/g, ' ')

/** The question that a template hands on; null where the text is no such template. */
export const questionInTemplate = (whole: string): string | null => {
  const text = whole.trim()
  if (text.length < LEAST_CHARS) return null
  const inJson = jsonQuestion(text)
  if (inJson !== null) return inJson
  const sections = sectionsOf(text)
  const at = lastQuestion(sections)
  if (at < 0) return unlabelledQuestion(text)
  const question = questionOf(sections[at] as Section)
  if (question.length > MOST_QUESTION_CHARS) return null
  const instructions = instructionsOf(sections.slice(0, at))
  const isHandedOn = hasWord.test(instructions) && text.length - question.length > LEAST_BESIDE
  if (!isHandedOn && !isTemplate(sections, at)) return null
  return delegates(instructions) ? question : null
}

/** Instructions that hand a question on, texts, and a short last paragraph: that is the question. */
const unlabelledQuestion = (text: string): string | null => {
  const parts = text.split(/\n\s*\n/)
  const [first = '', ...rest] = parts
  const question = rest.pop()?.trim() ?? ''
  const isLong = rest.join('\n').length > LEAST_BESIDE
  if (!isLong || question.length > SHORT_QUESTION_CHARS || !hasWord.test(question)) return null
  return delegates(first) ? question : null
}

const ASKED =
  /<(question|query|user_query|user_question|user_input|user_request|user_message|user-query|user-question|input_query|search_query)>([^<]{1,2000})<\/\1>/gi

/** The same where the question stands in tags; text that is beside it must do nothing but hand it on. */
export const questionInTags = (text: string): string | null => {
  const asked = [...text.matchAll(ASKED)].at(-1)
  if (!asked || !hasWord.test(asked[2] as string)) return null
  const beside = text.slice(0, asked.index) + text.slice(asked.index + asked[0].length)
  return delegates(beside.replaceAll(ASKED, ' ')) ? (asked[2] as string).trim() : null
}
