// Variables of a request's context, shared by middleware and handlers.

import type { HttpBindings } from '@hono/node-server'
import type { Context, Hono, MiddlewareHandler } from 'hono'
import type { Principal } from '../../core/decide/gateway-key.ts'
import type { NamedModel } from '../../core/decide/named-model.ts'
import type { Attempt, Completion, Decision } from '../../core/types.ts'
import type { RouterError } from '../../errors.ts'
import type { EndSignal } from '../../jobs/end-signal.ts'
import type { TakeTurn } from '../../jobs/loop-turn.ts'
import type { RequestWork } from '../../telemetry/loop-watch.ts'
import type { ServerTrace } from '../../telemetry/tracing/tracing.ts'
import type { CacheNote } from './deps.ts'

/** How a relayed stream ended. */
export type RelayEnd = 'complete' | 'interrupted' | 'client_closed' | 'stalled'

/** Facts of a routed request, known after its decision. */
export interface Routed {
  decision: Decision
  attempts: Attempt[]
  /** The router's own time until the reply: total minus upstream. */
  overheadMs: number
  /** Providers' time until the reply, including waits in queues and before retries. */
  upstreamMs: number
  /** Why another model than the decided one was called; null or absent where none was. */
  fallbackCause?: string | null | undefined
  /** Its completion, known after the last byte; absent for a dry run. */
  completion?: Promise<Completion>
  /** The answer cache's part; absent for a dry run. */
  cache?: CacheNote | undefined
}

/** Headers for a reply, read when the reply is known. */
export type HeaderSource = () => Record<string, string>

export interface AppEnv {
  /** Absent in in-process tests (`app.request`). */
  Bindings: Partial<HttpBindings>
  Variables: {
    requestId: string
    /** The caller, set by auth; absent on public routes without a valid key. */
    principal?: Principal
    /** On the monotonic clock. */
    startedMs: number
    /** Entry of the watch over the event loop. */
    work?: RequestWork
    /** Absent where the request is not traced. */
    trace?: ServerTrace
    /** The raw body, set by body-limit; the reader removes it, so that it is not held twice. */
    bodyChunks: Uint8Array[]
    /** The parsed body, set by json-body. */
    json: unknown
    /** Set for large bodies: called before each heavy step to yield to the event loop. */
    takeTurn?: TakeTurn
    /** The resolved `model`, set by named-model. */
    named?: NamedModel
    routed?: Routed
    failure?: RouterError
    /** Settles at the end of a relayed stream. */
    relayEnd?: Promise<RelayEnd>
    /** Aborts when the client has gone; made at its first use (client-closed.ts). */
    clientSignal?: EndSignal
    /** By the middleware that adds them (middleware/reply-headers.ts). */
    headerSources?: HeaderSource[]
    /** The reply that has them already. */
    headed?: Response
  }
}

export type App = Hono<AppEnv>
export type AppContext = Context<AppEnv>
export type Middleware = MiddlewareHandler<AppEnv>
