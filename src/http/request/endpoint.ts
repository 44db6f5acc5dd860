// What an endpoint is: one declaration holds its route, who may call it, its schemas and its handler. The app, the access
// table and the OpenAPI document are loops over the list of them (endpoints/endpoints.ts).
import type { Context } from 'hono'
import type { z } from 'zod'
import type { Role } from '../../core/decide/gateway-key.ts'
import type { AppContext, AppEnv } from './app-env.ts'
import type { HttpDeps } from './deps.ts'

/** `public` needs no key; `any` a valid one; a role that role, or admin. */
export type RouteAccess = 'public' | 'any' | Role

/** What an endpoint is, but for its handler. */
export interface EndpointFacts {
  /** `operationId` in OpenAPI. */
  id: string
  method: 'get' | 'post' | 'put' | 'delete'
  /** As Hono takes it: `/v1/models/:id{.+}`. */
  path: string
  access: RouteAccess
  summary: string
  /** Of the body. An endpoint without one reads no body. */
  request?: z.ZodType
  query?: z.ZodType
  /** Of what the handler returns. */
  response?: z.ZodType
  /** Of success; 200 where absent. */
  status?: number
  /**
   * How a body is read where it is not JSON that must be there: `optional` takes none for `{}`; `raw` leaves the bytes
   * to the handler, unparsed and unchecked.
   */
  body?: 'optional' | 'raw'
  /**
   * What the body's `model` may stand for: `routed` takes aliases and names that nobody configured; `named` aliases alone.
   */
  model?: 'routed' | 'named'
  /** Answers with x-router-* headers. */
  isRouted?: boolean
  /** Answers with server-sent events where the request asks for a stream. */
  isStreamable?: boolean
  /** Headers of its own, with what they say. */
  headers?: Record<string, string>
  /** The request's body, or the answer where there is none, may be YAML as well. */
  isYaml?: boolean
  /** Where the answer is not JSON. */
  contentType?: string
}

/** Body and query as their schemas give them. */
export interface Checked<Request, Query> {
  request: Request
  query: Query
}

/** What is sent as JSON with the endpoint's status, or a whole Response. */
type Handle<C, Request, Query, Answer> = (
  c: C,
  checked: Checked<Request, Query>,
) => Answer | Response | Promise<Answer | Response>

export interface Endpoint extends EndpointFacts {
  /** Called once per app: what outlives a request is made here. */
  handler: (deps: HttpDeps) => Handle<AppContext, unknown, unknown, unknown>
}

interface TypedEndpoint<
  Path extends string,
  Request extends z.ZodType,
  Query extends z.ZodType,
  Answer extends z.ZodType,
> extends EndpointFacts {
  path: Path
  request?: Request
  query?: Query
  response?: Answer
  handler: (
    deps: HttpDeps,
  ) => Handle<Context<AppEnv, Path>, z.output<Request>, z.output<Query>, z.output<Answer>>
}

/** Ties the handler's types to the declared path and schemas. */
export const defineEndpoint = <
  Path extends string,
  Request extends z.ZodType,
  Query extends z.ZodType,
  Answer extends z.ZodType,
>(
  endpoint: TypedEndpoint<Path, Request, Query, Answer>,
): Endpoint => ({
  ...endpoint,
  handler: (deps) => {
    const handle = endpoint.handler(deps)
    // mount-endpoint.ts has held both against the schemas.
    return (c, checked) => handle(c, checked as Checked<z.output<Request>, z.output<Query>>)
  },
})

/** What a parameter's pattern ends in, as Google names methods: `.+:countTokens` → `:countTokens`; else ''. */
export const methodNameOf = (pattern: string): string => /:\w+$/.exec(pattern)?.[0] ?? ''

/** `/v1/models/:id{.+}` → `/v1/models/{id}`, as documents write it. */
export const documentedPath = (path: string): string =>
  path.replace(
    /:(\w+)(?:\{([^}]*)\})?/g,
    (_, name: string, pattern = '') => `{${name}}${methodNameOf(pattern)}`,
  )
