// Reads the name of a refused parameter from a provider's error.
import type { RouterError } from '../../errors.ts'
import { fieldOf } from './fields.ts'

const UNSUPPORTED =
  /unsupported|not support|unrecogni[sz]ed|not recogni[sz]ed|cannot both|unknown (?:parameter|field|argument|name)|unexpected (?:keyword|field|parameter)|extra (?:inputs|fields)|extra_forbidden|not permitted|not allowed|invalid (?:parameter|argument)|is not available|does not accept/i

/** Providers' names of chat parameters. */
const NAMES: Record<string, readonly string[]> = {
  reasoning_effort: [
    'reasoning_effort',
    'reasoningeffort',
    'reasoning.effort',
    'effort',
    'output_config',
    'thinking_budget',
    'thinkingbudget',
    'thinking_level',
    'thinkinglevel',
    'thinkingconfig',
    'thinking_config',
  ],
  output_config: ['output_config', 'effort'],
  reasoning: ['reasoning', 'reasoning.effort', 'reasoning_effort', 'effort'],
  thinking: ['thinking', 'thinkingconfig', 'thinking_config'],
  stop: ['stop_sequences', 'stopsequences', 'stop'],
  max_tokens: [],
}

const MAX_CHARS = 1_000

/** Whether `text` contains `word` as a whole word. */
const contains = (text: string, word: string): boolean => {
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1)) {
    const around = `${text[at - 1] ?? ' '}${text[at + word.length] ?? ' '}`
    if (!/[\w]/.test(around)) return true
  }
  return false
}

/**
 * The sent field that a provider's 400 or 422 refuses, if it may be dropped (`tunes`, `keeps`); null for any other error.
 */
export const refusedParameter = (error: RouterError, sent: readonly string[]): string | null => {
  const { status, providerMessage, param } = error.details
  if (error.code !== 'upstream_error' || (status !== 400 && status !== 422)) return null
  const message = typeof providerMessage === 'string' ? providerMessage.slice(0, MAX_CHARS) : ''
  if (!UNSUPPORTED.test(message)) return null
  const text = `${message} ${typeof param === 'string' ? param : ''}`.toLowerCase()
  const isNamed = (name: string): boolean => {
    const names = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined
    return (names ?? [name]).some((word) => contains(text, word))
  }
  return sent.find((name) => fieldOf(name).effect !== 'means' && isNamed(name)) ?? null
}
