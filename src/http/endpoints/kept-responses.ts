// Stored answers of the Responses API, by key: stored when they are complete, and read for requests that continue them. Only where
// the configuration stores texts.
import { durationMs } from '../../config/duration.ts'
import type { StoredResponse } from '../../core/records/stored-response.ts'
import { type JsonObject, objectsOf, parseObject, refuse, textOf } from '../../dialects/json.ts'
import { writeJsonInTurns } from '../../dialects/json-pieces.ts'
import { parseJsonText } from '../../dialects/lossless-json.ts'
import { inputItems, type KeptTurn } from '../../dialects/responses/stored.ts'
import { RouterError } from '../../errors.ts'
import { takeTurn } from '../../jobs/loop-turn.ts'
import type { AppContext } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { principalOf } from '../request/principal.ts'

const NOT_KEPT = 'is not supported: storage.store_text is not full, so no response is kept'

const keepsText = ({ config }: Pick<HttpDeps, 'config'>): boolean =>
  config.storage.store_text === 'full'

export const notFound = (param: string): RouterError =>
  new RouterError('not_found', `${param}: no response of this id is kept under this key`, { param })

/** @throws RouterError `invalid_request` where the configuration stores no texts */
export const requireKeeping = (deps: Pick<HttpDeps, 'config'>, param: string): void => {
  if (!keepsText(deps)) refuse(param, NOT_KEPT)
}

/** Whether the answer is to be stored. @throws RouterError `invalid_request` where that is requested and not possible */
export const isToBeKept = (deps: Pick<HttpDeps, 'config'>, store: unknown): boolean => {
  if (store === true) requireKeeping(deps, 'store')
  return store !== false && keepsText(deps)
}

export const turnOf = ({ input, response }: StoredResponse): KeptTurn => ({
  input: objectsOf(parseJsonText(input)),
  response: parseObject(response) ?? {},
})

/** The earlier turns that a request continues. @throws RouterError `invalid_request`, `not_found` */
export const earlierTurns = async (
  c: AppContext,
  deps: HttpDeps,
  id: unknown,
): Promise<KeptTurn[]> => {
  const param = 'previous_response_id'
  if (id === undefined || id === null) return []
  requireKeeping(deps, param)
  const query = { id: textOf(id), principal: principalOf(c).id, nowMs: deps.now() }
  await Promise.all(writes)
  const chain = await deps.store.getResponseChain(query)
  if (chain === null) throw notFound(param)
  return chain.map(turnOf)
}

interface Answered {
  request: JsonObject
  response: JsonObject
  newId: () => string
}

/** Writes under way: requests that continue a response wait for them. */
const writes = new Set<Promise<void>>()

const writeResponse = async (
  c: AppContext,
  deps: HttpDeps,
  { request, response, newId }: Answered,
): Promise<void> => {
  const kept: Omit<StoredResponse, 'input'> = {
    id: textOf(response.id),
    principal: principalOf(c).id,
    decisionId: c.get('routed')?.decision.id ?? '',
    previousId: textOf(request.previous_response_id) || null,
    response: JSON.stringify(response),
    expiresAtMs: deps.now() + durationMs(deps.config.storage.responses_ttl),
  }
  if (kept.id === '') return
  const input = await writeJsonInTurns(inputItems(request.input, newId), takeTurn)
  await deps.store.addResponse({ ...kept, input })
}

/** Stores an answer; a failure is only logged. */
export const keepResponse = (c: AppContext, deps: HttpDeps, answered: Answered): void => {
  const write = writeResponse(c, deps, answered)
    .catch((error: unknown) => {
      deps.logger.warn({ requestId: c.get('requestId'), err: error }, 'a response was not stored')
    })
    .finally(() => writes.delete(write))
  writes.add(write)
}
