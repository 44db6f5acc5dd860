// What middleware and handlers of one request tell each other.

import type { HttpBindings } from '@hono/node-server'
import type { Context, Hono, MiddlewareHandler } from 'hono'
import type { Principal } from '../../core/decide/gateway-key.ts'
import type { NamedModel } from '../../core/decide/named-model.ts'
import type { Attempt, Completion, Decision } from '../../core/types.ts'
import type { RouterError } from '../../errors.ts'
import type { TakeTurn } from '../../jobs/loop-turn.ts'
import type { RequestWork } from '../../telemetry/loop-watch.ts'
import type { ServerTrace } from '../../telemetry/tracing/tracing.ts'
import type { CacheNote } from './deps.ts'

/** How a relayed stream ended. */
export type RelayEnd = 'complete' | 'interrupted' | 'client_closed' | 'stalled'

/** What is known of a routed request once its decision stands. */
export interface Routed {
  decision: Decision
  attempts: Attempt[]
  /** Our own time until the reply: total minus upstream. */
  overheadMs: number
  /** Providers' time until the reply, with the waits for them: queues, and pauses before retries. */
  upstreamMs: number
  /** Why another model than the decided one was called; null or absent where none was. */
  fallbackCause?: string | null | undefined
  /** What became of it, known when the last byte has gone; absent for a dry run. */
  completion?: Promise<Completion>
  /** What the answer cache had to do with it; absent for a dry run. */
  cache?: CacheNote | undefined
}

export interface AppEnv {
  /** Absent in process (`app.request`). */
  Bindings: Partial<HttpBindings>
  Variables: {
    requestId: string
    /** Whose key it came with, set by auth; absent on public routes without a valid key. */
    principal?: Principal
    /** On the monotonic clock. */
    startedMs: number
    /** What the watch over the event loop knows of it. */
    work?: RequestWork
    /** Absent where the request is not traced. */
    trace?: ServerTrace
    /** The raw body, set by body-limit; whoever reads it takes it away, so that it is not held twice. */
    bodyChunks: Uint8Array[]
    /** The parsed body, set by json-body. */
    json: unknown
    /** Set where the body is so large that its steps take turns with other requests. */
    takeTurn?: TakeTurn
    /** What `model` stands for, set by named-model. */
    named?: NamedModel
    routed?: Routed
    failure?: RouterError
    /** Settles when the last byte of a relayed stream has gone, or never will. */
    relayEnd?: Promise<RelayEnd>
  }
}

export type App = Hono<AppEnv>
export type AppContext = Context<AppEnv>
export type Middleware = MiddlewareHandler<AppEnv>
