// Answers of the Responses API under the key that asked for them: kept when they are whole, found for what goes on with
// them. Kept only where the configuration keeps text at all.
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

/** @throws RouterError `invalid_request` where the configuration keeps no text */
export const requireKeeping = (deps: Pick<HttpDeps, 'config'>, param: string): void => {
  if (!keepsText(deps)) refuse(param, NOT_KEPT)
}

/** Whether the answer is to be kept. @throws RouterError `invalid_request` where that is asked for and cannot be */
export const isToBeKept = (deps: Pick<HttpDeps, 'config'>, store: unknown): boolean => {
  if (store === true) requireKeeping(deps, 'store')
  return store !== false && keepsText(deps)
}

export const turnOf = ({ input, response }: StoredResponse): KeptTurn => ({
  input: objectsOf(parseJsonText(input)),
  response: parseObject(response) ?? {},
})

/** The turns that a request goes on with. @throws RouterError `invalid_request`, `not_found` */
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

/** Written by now or soon: what goes on with a response waits for them. */
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

/** Keeps an answer to `request`; a failure is logged and costs no more than the answer's being kept. */
export const keepResponse = (c: AppContext, deps: HttpDeps, answered: Answered): void => {
  const write = writeResponse(c, deps, answered)
    .catch((error: unknown) => {
      deps.logger.warn({ requestId: c.get('requestId'), err: error }, 'a response was not kept')
    })
    .finally(() => writes.delete(write))
  writes.add(write)
}
