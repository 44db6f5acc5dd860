// What a caller hands to the pipeline: a prompt to route, or a whole chat.
import type { Principal } from '../core/decide/gateway-key.ts'
import type { PromptMessage } from '../core/prompt/prompt.ts'
import type { RequestTrace } from '../core/trace.ts'
import type { Completion } from '../core/types.ts'
import type { ChatBody, NativeBody } from '../dialects/chat/upstream-request.ts'
import type { TakeTurn } from '../jobs/loop-turn.ts'

export interface RouteRequest {
  requestId: string
  /** `auto`, `route:NAME` or a model id. */
  model: string
  messages: PromptMessage[]
  sessionId: string | null
  /** Who asks, where the caller says so: tells equal sessions of different people apart. */
  user?: string | null
  /** Whose key it came with: what it may use, and whose the decision is. By default, `local`. */
  principal?: Principal
  /** Set for a large request: its heavy steps wait for turns of the event loop of their own. */
  takeTurn?: TakeTurn
  signal: AbortSignal
}

export interface ChatRequest extends RouteRequest {
  body: ChatBody
  /** The caller's own body where that is not OpenAI chat. */
  native?: NativeBody
  /** The caller's headers that a provider's entry may name. */
  callerHeaders?: Record<string, string>
  /** Value of the header x-router-fail-targets. */
  failTargets?: string
  /** Value of the header cache-control. */
  cacheControl?: string
  /** Absent where the request is not traced. */
  trace?: RequestTrace
  /** Told once what became of it. Not called where `chat` throws. */
  onComplete?: (completion: Completion) => void
}
