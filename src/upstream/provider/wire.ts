// What a provider kind must offer: how a call is written, and how its answer is read.

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
  /** A caller's dialect that `toCall` hands on as it is; absent: none but OpenAI chat. */
  readonly native?: NativeBody['dialect']
  /** The headers that carry the key. */
  authHeaders(key: string): Record<string, string>
  /** Which parameters of a chat request it takes; absent: all. */
  readonly parameters?: TargetParameters
  /** @throws RouterError `invalid_request` naming what the provider cannot be asked for. */
  toCall(request: UpstreamRequest): WireCall
  /** Where embeddings are posted to, for providers that have them. */
  embeddingsPath?(upstreamName: string): string
  /** Where what stands beside chat is posted to (`/images/generations`), for providers that have it. */
  pathBeside?(path: string, upstreamName: string): string
}

export interface WireCall {
  /** Appended to the base URL, with its query: `/chat/completions`. */
  path: string
  headers?: Record<string, string>
  body: Record<string, unknown>
  /** The caller's names of tools by those that the provider was given, where they differ. */
  toolNames?: ReadonlyMap<string, string>
  /** Parameters that were left out because of others that are sent. */
  dropped?: string[]
  /** JSON was asked for by a tool, whose input is the answer's text. */
  isJsonTool?: boolean
  /** Dialect of what `readReply` and `createStream` give; absent for OpenAI chat. */
  dialect?: DialectName
  /**
   * A whole answer (never an error payload) in the reply's dialect. Usage null is estimated for OpenAI chat.
   * @throws RouterError `upstream_invalid` (`invalidAnswer`) where it is no answer.
   */
  readReply(body: Record<string, unknown>): { body: Record<string, unknown>; usage: Usage | null }
  /** All text of a whole answer, for counting tokens where the provider does not; absent for OpenAI chat. */
  answerText?(body: Record<string, unknown>): string
  /** A new reader of the provider's events. */
  createStream(options: AnswerStreamOptions): AnswerStream
}
