// First step of the way: from a request's messages to the text that is classified.
// The last human turn decides; system prompts, tool schemas and earlier answers never do.
import type { RoutingText } from './types.ts'

export interface PromptMessage {
  role: string
  /** String, OpenAI content parts, or null. */
  content?: unknown
}

export interface RoutingTextOptions {
  /** Characters kept; longer prompts keep head and tail. */
  maxChars: number
  /** sha256 as hex, handed in because core knows no I/O. */
  digest: (text: string) => string
}

const HARNESS_OPENING =
  /<(system-reminder|environment_context|environment_details|user_instructions)(?:\s[^<>]{0,200})?>/gi

/** Cuts blocks that agent harnesses put into the human turn. Linear in the text: a missing end is looked for once. */
const withoutHarnessBlocks = (text: string): string => {
  const unclosed = new Set<string>()
  let out = ''
  let at = 0
  for (const opening of text.matchAll(HARNESS_OPENING)) {
    const tag = (opening[1] ?? '').toLowerCase()
    if (opening.index < at || unclosed.has(tag)) continue
    const end = text.indexOf(`</${tag}>`, opening.index)
    if (end < 0) {
      unclosed.add(tag)
      continue
    }
    out += `${text.slice(at, opening.index)} `
    at = end + tag.length + 3
  }
  return at === 0 ? text : out + text.slice(at)
}

/** What a message says: strings as they are, text parts joined, other parts noted as flags. */
export const messageText = (content: unknown): { text: string; flags: string[] } => {
  if (typeof content === 'string') return { text: content, flags: [] }
  if (!Array.isArray(content)) return { text: '', flags: [] }
  const texts: string[] = []
  const flags = new Set<string>()
  for (const part of content as unknown[]) {
    if (typeof part === 'string') texts.push(part)
    if (typeof part !== 'object' || part === null) continue
    const { type, text } = part as { type?: unknown; text?: unknown }
    if (typeof text === 'string') texts.push(text)
    else if (typeof type === 'string') flags.add(type.replace(/^input_/, '').replace(/_url$/, ''))
  }
  return { text: texts.join('\n'), flags: [...flags] }
}

const lastHumanTurn = (messages: PromptMessage[]): { text: string; flags: string[] } => {
  for (let i = messages.length - 1; i >= 0; i--) {
    const message = messages[i]
    if (message?.role === 'user') return messageText(message.content)
  }
  return { text: '', flags: [] }
}

/** Keeps two thirds from the head and a third from the tail: an instruction stands at one of the ends. */
const truncate = (text: string, maxChars: number): string => {
  const head = Math.floor((maxChars * 2) / 3)
  return `${text.slice(0, head)}\n…\n${text.slice(text.length - (maxChars - head - 3))}`.toWellFormed()
}

const hasLetterOrDigit = /[\p{L}\p{N}]/u

/**
 * The routing text of a conversation.
 * @returns `hasSignal` false where no letter or digit is left; `isTruncated` where `maxChars` cut it.
 */
export const routingText = (
  messages: PromptMessage[],
  options: RoutingTextOptions,
): RoutingText => {
  const turn = lastHumanTurn(messages)
  const flags = [...turn.flags]
  const withoutHarness = withoutHarnessBlocks(turn.text)
  if (withoutHarness !== turn.text) flags.push('harness')
  const whole = withoutHarness.replaceAll('\0', ' ').toWellFormed().trim()
  const isTruncated = whole.length > options.maxChars
  const text = isTruncated ? truncate(whole, options.maxChars) : whole
  return {
    text,
    digest: options.digest(text),
    isTruncated,
    hasSignal: hasLetterOrDigit.test(text),
    flags,
  }
}

/** Routing text of one bare prompt; exemplars take the same way as prompts. */
export const routingTextOf = (text: string, options: RoutingTextOptions): RoutingText =>
  routingText([{ role: 'user', content: text }], options)
