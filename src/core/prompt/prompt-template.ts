// Extracts the question from a prompt template (instructions to answer it, retrieved texts, an open slot for the answer), so that
// only the question is classified. Sections are found by labels, headings and tags, in one pass over the lines. Templates whose
// instructions state another task ("classify the question …") are left unchanged.
import { delegates, type LabelRole, roleOfLabel } from './template-words.ts'

interface Section {
  /** Null before the first label. */
  role: LabelRole | null
  lines: string[]
}

/** Shorter texts hold no template. */
const LEAST_CHARS = 100
const MOST_QUESTION_CHARS = 2_000
/** Longest question without a label. */
const SHORT_QUESTION_CHARS = 350
/** Least length of the text around a question for a template without labels of texts or an answer. */
const LEAST_BESIDE = 300
/** Longest line that is only a label. */
const MOST_HEADING_CHARS = 80

const INLINE =
  /^[\s>*#_[(-]{0,6}([\p{L}\p{M}][^\n:：.!?,;]{0,47}?)[\])*_]{0,4}\s?[:：][*_]{0,2}(?:\s|$|(?<=：))/u
const HEADING =
  /^\s{0,3}(?:#{1,6}\s+|\*\*|={2,}\s*|-{2,}\s+|\[|【|《)([^\n]{1,80}?)(?:\*\*|={2,}|-{2,}|#+|\]|】|》)?\s*[:：]?\s*$/u
const NUMBERED = /^\s{0,3}(?:[\p{L}]{2,14} ?)?[[(#]\p{N}{1,3}[\])]?[\s:.(]/u
const RULE = /^\s*[-=_*~]{3,}\s*$/
const MOST_LABEL_WORDS = 5

const isLabel = (label: string): boolean => label.trim().split(/\s+/).length <= MOST_LABEL_WORDS

/** The section that a line opens, and the rest of the line; null for a line inside a section. */
const openingOf = (line: string): { role: LabelRole; rest: string } | null => {
  if (RULE.test(line)) return { role: 'other', rest: '' }
  const start = line.slice(0, 160)
  const inline = INLINE.exec(start)
  if (inline && isLabel(inline[1] as string)) {
    const label = inline[1] as string
    const role = roleOfLabel(label)
    const rest = line.slice(inline[0].length)
    // "A: …" is an option or an example's answer; "A:" alone is the open slot for the answer.
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

/** The text of a question's section; its first paragraph where an unlabelled document follows. */
const questionOf = (section: Section): string => {
  const text = textOf(section)
  const [first = ''] = text.split(/\n\s*\n/, 1)
  return text.length > first.length + MOST_QUESTION_CHARS / 4 ? first : text
}

/** Position of the last question; earlier ones are examples or earlier turns. */
const lastQuestion = (sections: readonly Section[]): number =>
  sections.findLastIndex(
    (section) => section.role === 'question' && hasWord.test(questionOf(section)),
  )

/** A template has an open slot for the answer at its end, or texts beside the question. */
const isTemplate = (sections: readonly Section[], at: number): boolean => {
  const last = sections.at(-1) as Section
  const isOpen = last.role === 'answer' && !hasWord.test(textOf(last))
  return isOpen || sections.some(({ role }, i) => i !== at && role === 'material')
}

/** The template's instructions: text before the first label, and under labels of no known role. */
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

/** The question of a template; null where the text is no template of a question. */
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

/** A template without labels: instructions to answer, texts, and a short last paragraph, which is the question. */
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

/** The question of a template with tags; the text around it must only ask to answer it. */
export const questionInTags = (text: string): string | null => {
  const asked = [...text.matchAll(ASKED)].at(-1)
  if (!asked || !hasWord.test(asked[2] as string)) return null
  const beside = text.slice(0, asked.index) + text.slice(asked.index + asked[0].length)
  return delegates(beside.replaceAll(ASKED, ' ')) ? (asked[2] as string).trim() : null
}
