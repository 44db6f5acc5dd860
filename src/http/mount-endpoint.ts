// Mounts a declared endpoint as a route of the app: reads the body within its limit, checks body and query by their schemas, and sends
// the handler's result.
import { withBody } from './middleware/body-limit.ts'
import { readJson } from './middleware/json-body.ts'
import { createNoteModel } from './middleware/named-model.ts'
import { isReply } from './middleware/reply-headers.ts'
import type { App, AppContext } from './request/app-env.ts'
import type { HttpDeps } from './request/deps.ts'
import type { Checked, Endpoint } from './request/endpoint.ts'
import { validate } from './request/validate.ts'

/** @throws RouterError `invalid_request` */
const check = ({ request, query, body }: Endpoint, c: AppContext): Checked<unknown, unknown> => ({
  query: query && validate(query, c.req.query()),
  request: request && body !== 'raw' ? validate(request, c.get('json')) : undefined,
})

/** Reads, checks and handles. No middleware of its own for each: these are steps of one. */
const createSteps = (endpoint: Endpoint, deps: HttpDeps): ((c: AppContext) => Promise<unknown>) => {
  const { request, body, model } = endpoint
  const handle = endpoint.handler(deps)
  const answer = async (c: AppContext): Promise<unknown> => handle(c, check(endpoint, c))
  if (!request) return answer
  const room = { limit: deps.config.server.max_body_bytes, bodies: deps.bodies }
  const noteModel = model ? createNoteModel(deps, model) : () => undefined
  const answerJson = async (c: AppContext): Promise<unknown> => {
    await readJson(c, body === 'optional' ? {} : undefined)
    noteModel(c)
    return handle(c, check(endpoint, c))
  }
  const work = body === 'raw' ? answer : answerJson
  return (c) => withBody(c, room, () => work(c))
}

export const mountEndpoint = (app: App, endpoint: Endpoint, deps: HttpDeps): void => {
  const { method, path, status = 200 } = endpoint
  const answer = createSteps(endpoint, deps)
  app.on([method.toUpperCase()], [path], async (c) => {
    const answered = await answer(c)
    return isReply(answered) ? answered : c.json(answered as object, status as 200)
  })
}
