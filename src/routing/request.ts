// Inputs of the pipeline: a prompt to route, or a chat request.

import type { Principal } from '../core/decide/gateway-key.ts'
import type { PromptMessage } from '../core/prompt/prompt.ts'
import type { RequestTrace } from '../core/trace.ts'
import type { Completion } from '../core/types.ts'
import type { ChatBody, NativeBody } from '../dialects/chat/upstream-request.ts'
import type { EndSignal } from '../jobs/end-signal.ts'
import type { TakeTurn } from '../jobs/loop-turn.ts'

export interface RouteRequest {
  requestId: string
  /** `auto`, `route:NAME` or a model id. */
  model: string
  messages: PromptMessage[]
  sessionId: string | null
  /** The user, where the caller names one: separates equal sessions of different people. */
  user?: string | null
  /** Owner of the key: determines permissions and who may read the decision. Default: `local`. */
  principal?: Principal
  /** Set for large requests: called before each heavy step to yield to the event loop. */
  takeTurn?: TakeTurn
  signal: EndSignal
}

export interface ChatRequest extends RouteRequest {
  body: ChatBody
  /** The caller's own body where that is not OpenAI chat. */
  native?: NativeBody
  /** Headers of the caller that a provider's `forward_headers` may name. */
  callerHeaders?: Record<string, string>
  /** Value of the header x-router-fail-targets. */
  failTargets?: string
  /** Value of the header cache-control. */
  cacheControl?: string
  /** Absent where the request is not traced. */
  trace?: RequestTrace
  /** Called once with the completion; not where `chat` throws. */
  onComplete?: (completion: Completion) => void
}
