// Decision → response. One call to one model of one provider; retries and fallback are built on top of it.
import type { Usage } from '../core/types.ts'
import type { RateLimitState } from './provider/rate-limit-headers.ts'

/** An OpenAI chat-completions body; unknown fields pass upstream untouched. */
export type ChatBody = Record<string, unknown> & {
  model: string
  messages: unknown[]
  stream?: boolean
}

/** The wire forms in which a caller may speak; everything inside is OpenAI chat. */
export type DialectName = 'openai' | 'anthropic'

/** The caller's own body, for a provider that speaks the caller's dialect: nothing is lost by translating twice. */
export interface NativeBody {
  dialect: Exclude<DialectName, 'openai'>
  body: Record<string, unknown>
  /** Headers of that dialect that the provider must see, e.g. `anthropic-beta`. */
  headers: Record<string, string>
  /** Fields of `body` that the OpenAI form lacks, by path: only a provider of this dialect may serve the request. */
  untranslatable: string[]
}

export interface UpstreamTarget {
  /** Name of the provider in the configuration. */
  provider: string
  /** Configured model id. */
  model: string
  /** The model's name at the provider. */
  upstreamName: string
  /** USD per million tokens; null where unknown. */
  price: { input: number | null; output: number | null; cachedInput?: number | null }
  /** The most that it can write; null or absent where unknown. */
  maxOutputTokens?: number | null
}

export interface UpstreamRequest {
  target: UpstreamTarget
  /** The caller's body; the upstream sets `model` and, on streams, `stream_options.include_usage`. */
  body: ChatBody
  /** Given where the caller speaks another dialect than OpenAI chat. */
  native?: NativeBody
  /** Route that was chosen: only the echo provider tells it. */
  route: string
  requestId: string
  /** Ends the call: the client left, the deadline passed, or the server drains. */
  signal: AbortSignal
  /** True where no other model is left to try: a slow first token is then waited for as long as any other. */
  isLastChance?: boolean
}

export interface EmbedRequest {
  target: UpstreamTarget
  /** The caller's embeddings body; the upstream sets `model`. */
  body: Record<string, unknown>
  requestId: string
  signal: AbortSignal
}

/** How a stream ended, known when its last byte has gone. */
export interface StreamEnd {
  outcome: 'served' | 'interrupted' | 'client_closed'
  usage: Usage | null
  errorCode: string | null
}

/** What is known at once when the last byte has gone: how it ended, without the tokens that may still have to be counted. */
export type StreamEnding = Omit<StreamEnd, 'usage'>

interface ReplyFacts {
  status: number
  /** What the provider said is left of its limits; on errors it is `details.rateLimit`. */
  rateLimit?: RateLimitState
}

/** `dialect` is that of `body` or `stream`: `openai`, where absent; another only where the request had such a native body. */
export type UpstreamReply = ReplyFacts &
  (
    | {
        kind: 'json'
        dialect?: DialectName
        body: Record<string, unknown>
        usage: Usage | null
      }
    | {
        kind: 'stream'
        dialect?: DialectName
        /**
         * SSE bytes for the client, first content event already received. A cut upstream becomes an error event and
         * then an errored stream: never `[DONE]`, never a clean end.
         */
        stream: ReadableStream<Uint8Array>
        end: Promise<StreamEnd>
        /** The same before tokens are counted; absent where `end` does not wait for that. */
        ending?: Promise<StreamEnding>
      }
  )

export interface Upstream {
  readonly kind: 'openai' | 'anthropic' | 'gemini' | 'echo'
  /**
   * Resolves once there is something to give the client: a whole JSON answer, or a stream with its first content event.
   * @throws RouterError `upstream_*` with `details.status`, `details.retryAfterMs`, `details.body` where the provider
   * answered with an error; `client_closed` where the signal ended it.
   */
  chat(request: UpstreamRequest): Promise<UpstreamReply>
  /** OpenAI's embeddings answer, where the provider has one. Errors as `chat`. */
  embed?(request: EmbedRequest): Promise<Record<string, unknown>>
  /** Prompt tokens as the provider counts them, where it has a call for that. Errors as `chat`. */
  countTokens?(request: UpstreamRequest): Promise<number>
}
