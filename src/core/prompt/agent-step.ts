// Detects steps of agents without native tool calls: the assistant asks for a tool in its text, and the result comes back as a user
// message. Decided by form alone: what the assistant's message ends in, and what the user's begins with.
/** What an assistant's message ends in: a tool call, a command or edit to carry out, or neither. */
export type TextualCall = 'call' | 'command' | null

/** Characters at the end of a message that are searched for a call. */
const LOOKED_AT = 4_000

const endOf = (text: string): string => text.slice(-LOOKED_AT).trimEnd()

const CLOSING_TAG = /<\/([\w.:-]{1,60})>$/
/** `<tool|call>`, `[/TOOL_CALLS]` and the like: closing markers that are not elements. */
const CALL_MARKER =
  /(?:<[|\w]{0,20}(?:tool|function|invoke|end_code|end_action)[|\w]{0,20}>|\[\/?TOOL[_ ]CALLS?\])$/i
const ACTION_LINE =
  /(?:^|\n)[*# ]{0,4}(?:Action(?: Input)?|Tool|Command|Function)[*]{0,2}:[^\n]{1,400}/
const JSON_CALL =
  /[{,]\s*"(?:tool|tool_name|name|action|function|command|recipient_name)"\s*:\s*(?:"|\{)/
const EDIT_END = /(?:>{5,9} ?(?:REPLACE|UPDATED)|\*\*\* End Patch)\s*(?:`{3,4})?$/
const PLAIN_FENCE = /(?:^|\n)(`{3,4})([^\n`]{0,30})\n([^`]{1,3000})\1$/
const RUNNABLE =
  /^(?:|bash|sh|shell|zsh|console|py|python|ipython|tool|tool_code|javascript|powershell|applescript)$/i

/** Elements of documents: a message that ends in one displays it and calls nothing. */
const SHOWN_TAGS = new Set(
  'html body div p span a ul ol li table tr td th svg script style section main form button code pre b i em strong h1 h2 h3'.split(
    ' ',
  ),
)

const endsInElement = (end: string): boolean => {
  const name = CLOSING_TAG.exec(end)?.[1]
  if (name === undefined || SHOWN_TAGS.has(name.toLowerCase())) return false
  const openings = [`<${name}>`, `<${name} `, `<${name}=`, `<${name}\n`]
  return openings.some((opening) => end.includes(opening)) || end.length === LOOKED_AT
}

/** JSON that names a tool, bare or fenced, at the end of a message. */
const endsInJsonCall = (end: string): boolean => {
  const body = (end.endsWith('```') ? end.slice(0, -3) : end).trimEnd()
  if (!body.endsWith('}')) return false
  return (
    JSON_CALL.test(body) &&
    /"(?:arguments|action_input|args|input|parameters|params|kwargs|action)"/.test(body)
  )
}

/** @param text of an assistant's message */
export const textualCall = (text: string): TextualCall => {
  const end = endOf(text)
  if (end === '') return null
  if (endsInElement(end) || CALL_MARKER.test(end) || endsInJsonCall(end)) return 'call'
  if (ACTION_LINE.test(end.slice(-1_200))) return 'call'
  if (EDIT_END.test(end)) return 'command'
  const fence = PLAIN_FENCE.exec(end)
  return fence && RUNNABLE.test((fence[2] as string).trim()) ? 'command' : null
}

/** Nouns with which agent harnesses label a tool's output. */
const RESULT_NOUN =
  '(?:tool|function|command|execution|action|terminal|shell|observation|result|output|response|stdout|stderr|return ?code|exit ?code|error|status)s?'
/** "Observation: …", "Tool output for Read File:", "EXECUTION RESULT of [run]:", "Result of `search`:". */
const RESULT_LABEL = new RegExp(
  `^[\\W_]{0,6}(?:[A-Za-z]{1,20} ){0,2}${RESULT_NOUN}(?:[ _-]${RESULT_NOUN})?(?: (?:of|for|from)[^\\n]{1,200})?(?: ?[(\\[][^\\n)\\]]{0,200}[)\\]])?\\*{0,2}:`,
  'i',
)
/** "[read_file for 'a.md'] Result:", "[ERROR] …", "[File: /a.py (12 lines total)]", "[The command …]". */
const BRACKETED = /^\[[^\n\]]{1,300}\](?:[^\n]{0,60}:\s*$|\s)/m
const NAMED_RESULT = /^\[[a-z][\w-]{0,40}(?: for [^\n]{1,300})?\] Result:/i
const MACHINE_TAG = /^<\/?[A-Za-z][\w:-]{0,40}[ >]/
/** "I ran this command:", "# Fix any errors below": headings and lead-ins before a block of output. */
const LEAD = /^(?:#{1,4} [^\n]{1,200}|[A-Z][^\n]{1,160}:)\s*\n/
const PROMPT_SIGN = /^(?:\(?[\w.@~/-]{0,60}\)? ?[$>#%] |>>> |\$ )/m

const LONG = 600
const SHORT_WORDS = 300
const TELLING =
  /^\s*(?:[-+@<>{}[\]|$#*=/\\]|\d+[ |:.\t]|[\w./-]+:\d+|\w+\(|File "|at |E )|[;{}]\s*$/

/** Whether most of the first lines are not sentences. */
const isMostlyOutput = (text: string): boolean => {
  const lines = text
    .slice(0, 3_000)
    .split('\n')
    .filter((line) => line.trim() !== '')
  const telling = lines.filter((line) => TELLING.test(line.slice(0, 200)))
  return lines.length > 1 && telling.length * 2 >= lines.length
}

const isLabelled = (text: string): boolean =>
  RESULT_LABEL.test(text) || BRACKETED.test(text.slice(0, 400))

const looksLikeOutput = (text: string): boolean =>
  MACHINE_TAG.test(text) || PROMPT_SIGN.test(text.slice(0, 200)) || isMostlyOutput(text)

export interface ReportContext {
  /** What the assistant's previous message ends in. */
  call: TextualCall
  /** Whether the assistant has called tools in its text earlier in the conversation. */
  isAgent: boolean
}

/**
 * Whether a user message is a tool's result or a reply of the harness. After a call: anything but a few words that read like a
 * human's. After a command: what looks like output. Elsewhere in an agent's conversation: what is labelled as output. In other
 * conversations: only what is labelled as the result of a named tool.
 */
export const isToolReport = (whole: string, { call, isAgent }: ReportContext): boolean => {
  const text = whole.trimStart()
  if (text === '') return false
  if (NAMED_RESULT.test(text)) return true
  if (call === null && !isAgent) return false
  if (isLabelled(text)) return true
  if (call === null) return false
  if (looksLikeOutput(text)) return true
  const isLong = text.length > LONG || (text.length > SHORT_WORDS && text.includes('\n\n'))
  return call === 'call' && (isLong || LEAD.test(text))
}

/** Tags in which a harness quotes its user beside a result. */
const SAID =
  /<(feedback|answer|user_message|user_feedback|user_query|user_input|user_response|human|new_task)>([^<]{0,20000})<\/\1>/gi

/** The user's own words inside a report, empty where there are none. */
export const saidInReport = (text: string): string =>
  [...text.matchAll(SAID)].map(([, , said]) => (said as string).trim()).join('\n')
