// The interface of a provider kind: writes a call, and reads its answer.

import type { Usage } from '../../core/types.ts'
import type {
  DialectName,
  NativeBody,
  UpstreamRequest,
} from '../../dialects/chat/upstream-request.ts'
import type { TargetParameters } from '../parameters/targets.ts'
import type { AnswerStream, AnswerStreamOptions } from '../stream/answer-stream.ts'
import type { Upstream } from '../upstream.ts'

/** How one provider kind writes and reads a call. Pure. */
export interface Wire {
  readonly kind: Upstream['kind']
  /** Dialect of callers whose body `toCall` passes on unchanged; absent: only OpenAI chat. */
  readonly native?: NativeBody['dialect']
  /** The headers that carry the key. */
  authHeaders(key: string): Record<string, string>
  /** Supported parameters of a chat request; absent: all. */
  readonly parameters?: TargetParameters
  /** @throws RouterError `invalid_request` naming the field that the provider does not support */
  toCall(request: UpstreamRequest): WireCall
  /** Path of embeddings, for providers that have them. */
  embeddingsPath?(upstreamName: string): string
  /** Path of another endpoint than chat (`/images/generations`), for providers that have it. */
  pathBeside?(path: string, upstreamName: string): string
}

export interface WireCall {
  /** Appended to the base URL, with its query: `/chat/completions`. */
  path: string
  headers?: Record<string, string>
  body: Record<string, unknown>
  /** The caller's names of tools by the names sent to the provider, where they differ. */
  toolNames?: ReadonlyMap<string, string>
  /** Parameters that were left out because of others that are sent. */
  dropped?: string[]
  /** JSON was requested by a tool, whose input is the answer's text. */
  isJsonTool?: boolean
  /** Dialect of the results of `readReply` and `createStream`; absent for OpenAI chat. */
  dialect?: DialectName
  /**
   * A whole answer (never an error payload) in the reply's dialect. Usage null is estimated for OpenAI chat.
   * @throws RouterError `upstream_invalid` (`invalidAnswer`) where it is no answer.
   */
  readReply(body: Record<string, unknown>): { body: Record<string, unknown>; usage: Usage | null }
  /** All text of a complete answer, to count tokens where the provider does not; absent for OpenAI chat. */
  answerText?(body: Record<string, unknown>): string
  /** A new reader of the provider's events. */
  createStream(options: AnswerStreamOptions): AnswerStream
}
