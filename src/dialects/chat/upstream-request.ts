// The input of one call to one model: the body in OpenAI chat form, the caller's own body beside it, facts of the model.

import type { Price } from '../../core/decide/cost.ts'
import type { RequestTrace } from '../../core/trace.ts'
import type { EndSignal } from '../../jobs/end-signal.ts'

/** An OpenAI chat-completions body; unknown fields pass upstream untouched. */
export type ChatBody = Record<string, unknown> & {
  model: string
  messages: unknown[]
  stream?: boolean
}

/** The wire forms of answers as they come from a provider; everything inside is OpenAI chat. */
export type DialectName = 'openai' | 'anthropic' | 'responses'

/** The caller's own body, for a provider that speaks the caller's dialect: nothing is lost by translating twice. */
export interface NativeBody {
  dialect: 'anthropic' | 'responses' | 'gemini'
  body: Record<string, unknown>
  /** Headers of that dialect that the provider must see, e.g. `anthropic-beta`. */
  headers: Record<string, string>
  /** Fields of `body` that the OpenAI form lacks, by path: only a provider of this dialect may serve the request. */
  untranslatable: string[]
  /** Fields that the OpenAI form lacks but the request may be served without, by name. */
  dropped?: string[]
}

export interface UpstreamTarget {
  /** Name of the provider in the configuration. */
  provider: string
  /** Configured model id. */
  model: string
  /** The model's name at the provider. */
  upstreamName: string
  /** USD per million tokens; null where unknown. */
  price: Price
  /** The most that it can write; null or absent where unknown. */
  maxOutputTokens?: number | null
  /** Reasoning effort that is asked for where the caller names none. */
  effort?: string | null
  /** Most tokens of an answer that are asked for. */
  answerTokens?: number | null
}

export interface UpstreamRequest {
  target: UpstreamTarget
  /** The caller's body; the upstream sets `model` and, on streams, `stream_options.include_usage`. */
  body: ChatBody
  /** Present where the caller speaks another dialect than OpenAI chat. */
  native?: NativeBody
  /** The caller's headers that a provider's entry may name; see `forward_headers`. */
  callerHeaders?: Record<string, string>
  /** Absent where the request is not traced. */
  trace?: RequestTrace
  /** Headers that continue the trace at the provider. */
  traceHeaders?: Readonly<Record<string, string>>
  /** Route that was chosen: only the echo provider names it in its answer. */
  route: string
  requestId: string
  /** Ends the call: the client left, the deadline passed, or the server drains. */
  signal: EndSignal
  /** True where no other model is left to try: a slow first token is then waited for as long as any other. */
  isLastChance?: boolean
  /** What to do about a parameter that the model does not take: see `resilience.unsupported_params`. */
  unsupportedParams?: UnsupportedParams
}

export type UnsupportedParams = 'drop' | 'next_model' | 'refuse'
