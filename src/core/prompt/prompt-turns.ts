// Finds the human turns among a request's messages, newest first, in every dialect: OpenAI content parts, Anthropic blocks (a
// `tool_result` in a user message is not a human's), Responses items.
import { isToolReport, saidInReport, type TextualCall, textualCall } from './agent-step.ts'
import { withoutHarness } from './prompt-harness.ts'

export interface PromptMessage {
  role: string
  /** String, content parts or blocks, or null. */
  content?: unknown
}

export interface HumanTurn {
  /** Without harness blocks, otherwise unchanged. */
  text: string
  /** `harness`, `tool_result`, and one for each kind of attachment. */
  flags: string[]
  /** False where the middle of a long message was not read. */
  isWhole: boolean
}

/** Kinds of parts that a human attaches, by what their type contains. */
const ATTACHMENTS = ['image', 'audio', 'video', 'file'] as const
const FILE_TYPES = new Set(['document', 'file_search', 'search_result'])

const attachmentOf = (type: string): string | null => {
  if (FILE_TYPES.has(type)) return 'file'
  return ATTACHMENTS.find((kind) => type.includes(kind)) ?? null
}

const isToolType = (type: string): boolean =>
  type.includes('tool') || type.includes('function_call')

/** Flags come from the caller's part types and are stored with the decision, so their number and length are bounded. */
const MOST_FLAGS = 16
const MOST_FLAG_CHARS = 40

/** Text of a message: strings unchanged, text parts joined; other parts are noted as flags. */
export const messageText = (content: unknown): { text: string; flags: string[] } => {
  if (typeof content === 'string') return { text: content, flags: [] }
  if (!Array.isArray(content)) return { text: '', flags: [] }
  const texts: string[] = []
  const flags = new Set<string>()
  for (const part of content as unknown[]) {
    if (typeof part === 'string') texts.push(part)
    if (typeof part !== 'object' || part === null) continue
    const { type, text } = part as { type?: unknown; text?: unknown }
    const kind = typeof type === 'string' ? type : ''
    const attachment = attachmentOf(kind)
    if (isToolType(kind)) flags.add('tool_result')
    else if (attachment !== null) flags.add(attachment)
    else if (typeof text === 'string') texts.push(text)
    else if (kind !== '' && !kind.includes('thinking') && flags.size < MOST_FLAGS) {
      flags.add(kind.slice(0, MOST_FLAG_CHARS))
    }
  }
  return { text: texts.join('\n'), flags: [...flags] }
}

const hasAttachment = (flags: string[]): boolean =>
  flags.some((flag) => (ATTACHMENTS as readonly string[]).includes(flag))

/** Bounds the time per request: characters read of one message (both ends of longer ones), and of all messages. */
const MOST_CHARS = 120_000
const MOST_CHARS_IN_ALL = 240_000

const endsOf = (text: string): string =>
  text.length > MOST_CHARS
    ? `${text.slice(0, MOST_CHARS / 2)}\n…\n${text.slice(-MOST_CHARS / 2)}`
    : text

/** Number of newest assistant messages that are searched for tool calls. */
const MOST_ANSWERS = 20

const isAssistant = (message: PromptMessage | undefined): message is PromptMessage =>
  message?.role === 'assistant'

const callIn = (message: PromptMessage | undefined): TextualCall =>
  isAssistant(message) ? textualCall(messageText(message.content).text) : null

/** Whether message `i` is a tool's output in a user message. The conversation is searched for tool calls only once. */
const createReportCheck = (messages: readonly PromptMessage[]) => {
  const firstAnswer = messages.findIndex(isAssistant)
  let isAgent: boolean | null = null
  const agentOrNot = (): boolean => {
    isAgent ??= messages
      .filter(isAssistant)
      .slice(-MOST_ANSWERS)
      .some((message) => callIn(message) === 'call')
    return isAgent
  }
  return (text: string, i: number): boolean => {
    if (firstAnswer < 0 || i < firstAnswer) return false
    const call = callIn(messages[i - 1])
    return isToolReport(text, { call, isAgent: call === 'call' || agentOrNot() })
  }
}

/** One user message as a turn. `isHuman` is false where tools or a harness wrote all of it. */
const readTurn = (message: PromptMessage, isReport: (text: string) => boolean) => {
  const whole = messageText(message.content)
  const { flags } = whole
  const text = endsOf(whole.text)
  const isWhole = text === whole.text
  const isResult = isReport(text)
  const own = withoutHarness(isResult ? saidInReport(text) : text)
  if (isResult) flags.push('tool_result')
  else if (own !== text) flags.push('harness')
  const isMachine = flags.includes('harness') || flags.includes('tool_result')
  const isHuman = !isMachine || own.trim() !== '' || hasAttachment(flags)
  // A turn that is only harness text is kept unchanged, in case there is no other.
  return { turn: { text: isHuman ? own : text, flags, isWhole }, isHuman, length: text.length }
}

/**
 * Human turns, newest first, at most `limit`. Messages of tools, and user messages of only harness text, are skipped; where there
 * are no others, the newest of these is the turn.
 */
export const humanTurns = (messages: readonly PromptMessage[], limit: number): HumanTurn[] => {
  const turns: HumanTurn[] = []
  let fallback: HumanTurn | null = null
  let read = 0
  const isReport = createReportCheck(messages)
  for (let i = messages.length - 1; i >= 0 && turns.length < limit; i--) {
    const message = messages[i]
    if (message?.role !== 'user') continue
    const { turn, isHuman, length } = readTurn(message, (whole) => isReport(whole, i))
    if (isHuman) turns.push(turn)
    else fallback ??= turn
    read += length
    if (read > MOST_CHARS_IN_ALL) break
  }
  return turns.length === 0 && fallback ? [fallback] : turns
}

/** Whether there is a tool result after the last human turn: the request is then a step of a tool loop. */
export const isToolStep = (messages: readonly PromptMessage[]): boolean => {
  const last = messages.at(-1) as (PromptMessage & { type?: unknown }) | undefined
  if (!last) return false
  if (last.role === 'tool' || last.role === 'function') return true
  if (typeof last.type === 'string' && isToolType(last.type)) return true
  if (last.role !== 'user') return false
  const { text, flags } = messageText(last.content)
  return (
    flags.includes('tool_result') || createReportCheck(messages)(endsOf(text), messages.length - 1)
  )
}
