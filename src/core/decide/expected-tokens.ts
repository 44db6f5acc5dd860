// Chat body → upper and lower estimates of the tokens that its prompt and its answers take at one model, checked against a key's
// limits before the call. Errs towards too many, but never exceeds the model's context window.
import { type ConstrainedBody, estimateTokens, partsOf, requirementsOf } from './constraints.ts'

export interface ExpectedTokens {
  promptTokens: number
  completionTokens: number
}

export interface Expectation {
  /** Lower estimate: the text of the prompt, and the answers where the request limits them. */
  least: ExpectedTokens
  /** Upper estimate: with media, and with answers of the model's maximum length. */
  most: ExpectedTokens
}

export interface AnsweringModel {
  maxOutputTokens: number | null
  contextWindow: number | null
}

export interface ExpectedTokensOptions {
  /** For an answer that neither the request nor the model limits. */
  defaultOutputTokens: number
}

/** Vendors count 85 to 1,600 for an image; `requirementsOf` counts 300 of them. */
const MORE_IMAGE_TOKENS = 1_300
/** Dense PDF: 3,000 tokens a page of at least 6 kB. */
const FILE_CHARS_PER_TOKEN = 2
/** Speech: at most 32 tokens a second, which is at least 5,000 characters of base64. */
const AUDIO_CHARS_PER_TOKEN = 128
/** For a file or recording that is given by reference. */
const UNSEEN_MEDIA_TOKENS = 10_000

const charsIn = (part: Record<string, unknown>): number =>
  Object.values(part)
    .flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [value],
    )
    .reduce((sum: number, value) => sum + (typeof value === 'string' ? value.length : 0), 0)

/** Shorter strings are names and addresses, not embedded media. */
const EMBEDDED_CHARS = 2_048

const mediaTokensOf = (part: Record<string, unknown>): number => {
  const type = String(part.type)
  if (/image/.test(type)) return MORE_IMAGE_TOKENS
  const isAudio = /audio/.test(type)
  if (!isAudio && !/file|document/.test(type)) return 0
  const chars = charsIn(part)
  if (chars < EMBEDDED_CHARS) return UNSEEN_MEDIA_TOKENS
  return Math.ceil(chars / (isAudio ? AUDIO_CHARS_PER_TOKEN : FILE_CHARS_PER_TOKEN))
}

/** The request's own limit; the larger of two, as providers differ in which they know. A negative one limits nothing. */
const outputLimitOf = (body: ConstrainedBody): number | null => {
  const given = [body.max_completion_tokens, body.max_tokens].filter(
    (limit): limit is number => typeof limit === 'number' && limit > 0,
  )
  return given.length === 0 ? null : Math.max(...given)
}

/** OpenAI's `n`: the number of answers to one prompt. */
const answersOf = ({ n }: ConstrainedBody): number =>
  typeof n === 'number' && n > 1 ? Math.ceil(n) : 1

/** Reads the body once, whatever the number of models. */
export const createExpectedTokens = (
  body: ConstrainedBody,
  { defaultOutputTokens }: ExpectedTokensOptions,
): ((model: AnsweringModel) => Expectation) => {
  const { promptTokens } = requirementsOf(body)
  const outputTokens = outputLimitOf(body)
  const media = body.messages.flatMap(partsOf).reduce((sum, part) => sum + mediaTokensOf(part), 0)
  const answers = answersOf(body)
  return ({ maxOutputTokens, contextWindow }) => {
    const window = contextWindow ?? Number.POSITIVE_INFINITY
    const prompt = Math.max(promptTokens, Math.min(promptTokens + media, window))
    const limit = outputTokens ?? maxOutputTokens ?? defaultOutputTokens
    const fitting = Math.min(
      limit,
      maxOutputTokens ?? Number.POSITIVE_INFINITY,
      // The prompt's tokens are an estimate, too: at least half of the window is left to the answer.
      Math.max(window - prompt, window / 2),
    )
    const completionTokens = Math.ceil(fitting) * answers
    return {
      least: { promptTokens, completionTokens: outputTokens === null ? 0 : completionTokens },
      most: { promptTokens: prompt, completionTokens },
    }
  }
}

/** Tokens of an embeddings request's input: a text, texts, a list of tokens, or lists of them. */
export const embeddedTokens = (input: unknown): number => {
  const items: unknown[] = Array.isArray(input) ? input.flat() : [input]
  return items.reduce((sum: number, item) => {
    if (typeof item === 'string') return sum + estimateTokens(item)
    return sum + (typeof item === 'number' ? 1 : 0)
  }, 0)
}
