// Decision → response. One call to one model of one provider; retries and fallback are built on top of it.

import type { ProviderConfig } from '../config/config-schema.ts'
import type { RequestTrace } from '../core/trace.ts'
import type { AnswerFlaw, Usage } from '../core/types.ts'
import type {
  DialectName,
  NativeBody,
  UpstreamRequest,
  UpstreamTarget,
} from '../dialects/chat/upstream-request.ts'
import type { EndSignal } from '../jobs/end-signal.ts'
import type { RateLimitState } from './failure/rate-limit-headers.ts'

export interface EmbedRequest {
  target: UpstreamTarget
  /** The caller's embeddings body; the upstream sets `model`. */
  body: Record<string, unknown>
  /** Absent where the request is not traced. */
  trace?: RequestTrace
  /** Tell the provider of the trace. */
  traceHeaders?: Readonly<Record<string, string>>
  requestId: string
  signal: EndSignal
}

/** A request that is passed through as it is. */
export interface ForwardRequest {
  target: UpstreamTarget
  /** Below the provider's base URL: `/images/generations`. */
  path: string
  /** The body, with the model's name at the provider in it. */
  bytes: Uint8Array<ArrayBuffer>
  contentType: string
  /** Absent where the request is not traced. */
  trace?: RequestTrace
  /** Tell the provider of the trace. */
  traceHeaders?: Readonly<Record<string, string>>
  requestId: string
  signal: EndSignal
}

export interface Forwarded {
  bytes: Uint8Array
  contentType: string
}

/** How a stream ended, known when its last byte has gone. */
export interface StreamEnd {
  outcome: 'served' | 'interrupted' | 'client_closed'
  usage: Usage | null
  errorCode: string | null
  /** Absent where nothing is wanting. */
  flaw?: AnswerFlaw
}

/** What is known at once when the last byte has gone: how it ended, without the tokens that may still have to be counted. */
export type StreamEnding = Omit<StreamEnd, 'usage'>

interface ReplyFacts {
  status: number
  /** Remaining limits that the provider reported; on errors in `details.rateLimit`. */
  rateLimit?: RateLimitState
  /** Headers of the provider that are the caller's business, by their names there. */
  upstreamHeaders?: Record<string, string>
  /** Parameters that were dropped because the model does not take them. */
  dropped?: string[]
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
        /** It begins with a refusal. */
        isRefusal?: boolean
        /** The same before tokens are counted; absent where `end` does not wait for that. */
        ending?: Promise<StreamEnding>
      }
  )

export interface Losses {
  /** Can be left out. */
  lost: string[]
  /** Cannot. */
  refused: string[]
}

export interface Upstream {
  readonly kind: ProviderConfig['kind']
  /** The dialect of callers whose body it gets unchanged. */
  readonly native?: NativeBody['dialect']
  /**
   * Resolves once there is something to give the client: a whole JSON answer, or a stream with its first content event.
   * @throws RouterError `upstream_*` with `details.status`, `details.retryAfterMs`, `details.body` where the provider
   * answered with an error; `client_closed` where the signal ended it.
   */
  chat(request: UpstreamRequest): Promise<UpstreamReply>
  /** Parameters that the model does not take and that would change its answer; absent: none. */
  losses?(request: Pick<UpstreamRequest, 'body' | 'native' | 'target'>): Losses
  /** OpenAI's embeddings answer, where the provider has one. Errors as `chat`. */
  embed?(request: EmbedRequest): Promise<Record<string, unknown>>
  /** What stands beside chat, passed through, where the provider has it. Errors as `chat`. */
  forward?(request: ForwardRequest): Promise<Forwarded>
  /** Prompt tokens as the provider counts them, where it has a call for that. Errors as `chat`. */
  countTokens?(request: UpstreamRequest): Promise<number>
}
