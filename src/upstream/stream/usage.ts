// Token counts of one answer: the provider's, else an estimate, which only goes to log and store. Callers never see an estimate: it would
// look like the provider's usage.

import { costUsd, type Price } from '../../core/decide/cost.ts'
import type { Usage } from '../../core/types.ts'
import { isObject } from '../../dialects/json.ts'

/** Usage in a provider's form, or null where it names no token counts. */
export const readUsage = (usage: unknown): Usage | null => {
  if (!isObject(usage)) return null
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens = 0 } = usage
  if (!isCount(promptTokens) || !isCount(completionTokens)) return null
  if (promptTokens === 0 && completionTokens === 0) return null // the provider did not count
  const counts = { promptTokens, completionTokens, isEstimated: false }
  const cached = readCached(usage)
  const { written, hour } = readWritten(usage)
  return {
    ...counts,
    ...(typeof usage.served_by === 'string' && { servedBy: usage.served_by }),
    ...(cached !== null && { cachedPromptTokens: cached }),
    ...(written > 0 && { cacheWriteTokens: written }),
    ...(hour > 0 && { cacheWriteHourTokens: hour }),
  }
}

/** In the router's form for Anthropic, and OpenRouter's. */
const readWritten = ({ prompt_tokens_details: reported }: Record<string, unknown>) => {
  const details = isObject(reported) ? reported : {}
  const written = details.cache_creation_tokens ?? details.cache_write_tokens
  const hour = details.cache_creation_1h_tokens
  return { written: isCount(written) ? written : 0, hour: isCount(hour) ? hour : 0 }
}

// OpenAI's field; DeepSeek and Moonshot have their own.
const readCached = (usage: Record<string, unknown>): number | null => {
  const details = isObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {}
  const cached = details.cached_tokens ?? usage.prompt_cache_hit_tokens ?? usage.cached_tokens
  return isCount(cached) && cached > 0 ? cached : null
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0

/**
 * The answer or chunk with `usage.cost` in USD: by the configured price, else as the provider reported it, else null. A value without
 * usage is returned unchanged.
 */
export const withCost = (value: Record<string, unknown>, price: Price): Record<string, unknown> => {
  const { usage } = value
  if (!isObject(usage)) return value
  const cost = costUsd(readUsage(usage), price)
  return { ...value, usage: { ...usage, cost: cost ?? usage.cost ?? null } }
}

const SAMPLED_CHARS = 32_768
const SLICE_CHARS = 512

/** A sample of a text, as far as counting needs it. */
export interface TextSample {
  add(text: string): void
  readonly text: string
  /** Length of all that was added. */
  readonly chars: number
}

export const createTextSample = (): TextSample => {
  const parts: string[] = []
  let kept = 0
  let chars = 0
  return {
    add: (text) => {
      chars += text.length
      if (kept >= SAMPLED_CHARS || text === '') return
      parts.push(text.slice(0, SAMPLED_CHARS - kept))
      kept += Math.min(text.length, SAMPLED_CHARS - kept)
    },
    get text() {
      return parts.join('')
    },
    get chars() {
      return chars
    },
  }
}

/** The parts of a request that make up the prompt. */
export interface Asked {
  messages: readonly unknown[]
  tools?: unknown
  functions?: unknown
  response_format?: unknown
}

/** Usage counted with OpenAI's o200k tokenizer, whoever the provider is: good for a cost estimate, not for billing. */
export const estimateUsage = async (asked: Asked, answer: TextSample): Promise<Usage> => {
  const prompt = createTextSample()
  for (const message of asked.messages) addText(prompt, message)
  for (const field of [asked.tools, asked.functions, asked.response_format]) {
    if (isObject(field) || Array.isArray(field)) prompt.add(JSON.stringify(field))
  }
  return {
    promptTokens: await countTokens(prompt),
    completionTokens: await countTokens(answer),
    isEstimated: true,
  }
}

const addText = (sample: TextSample, message: unknown): void => {
  if (!isObject(message)) return
  if (typeof message.content === 'string') sample.add(message.content)
  for (const part of Array.isArray(message.content) ? message.content : []) {
    if (isObject(part) && typeof part.text === 'string') sample.add(part.text)
  }
  if (typeof message.reasoning_content === 'string') sample.add(message.reasoning_content)
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls : []
  for (const call of [...calls, { function: message.function_call }]) {
    const fn = isObject(call) && isObject(call.function) ? call.function : {}
    for (const text of [fn.name, fn.arguments]) if (typeof text === 'string') sample.add(text)
  }
}

// The tokenizer takes 290 ms to load and is quadratic in runs of one letter (65 536 a's: 4.6 s, 512: 1 ms). So it is loaded at its first
// use, fed in slices with turns of the event loop in between, and long texts are extrapolated from a sample.
/** Tokens of the whole text by o200k; extrapolated for a long one. */
export const countTokens = async (sample: TextSample): Promise<number> => {
  const { text, chars } = sample
  if (chars === 0) return 0
  const tokenizer = await import('gpt-tokenizer/encoding/o200k_base')
  let tokens = 0
  for (let at = 0; at < text.length; at += SLICE_CHARS) {
    const slice = text.slice(at, at + SLICE_CHARS)
    tokens += tokenizer.countTokens(slice, { disallowedSpecial: new Set() })
    await new Promise((resolve) => setImmediate(resolve))
  }
  return Math.round((tokens * chars) / text.length)
}
