// Who serves a request, worked out as the pipeline does for a route or model that was pinned.
import { LOCAL_PRINCIPAL, type Principal } from '../../src/core/decide/gateway-key.ts'
import { parseRequestedModel } from '../../src/core/decide/requested-model.ts'
import type { Reason } from '../../src/core/types.ts'
import type { ChatBody } from '../../src/dialects/chat/upstream-request.ts'
import {
  type ChooseConfig,
  type ChosenModels,
  createChooseModels,
} from '../../src/routing/choose-models.ts'

export interface ChosenOptions {
  body: ChatBody
  route?: string
  reason?: Reason
  principal?: Principal
}

/** The models for a prompt of this route, the default one where none is given. */
export const chosenFor = (
  config: ChooseConfig,
  { body, route = config.default_route, reason = 'matched', principal }: ChosenOptions,
): ChosenModels => {
  const known = { routes: Object.keys(config.routes), models: Object.keys(config.models) }
  const requested = parseRequestedModel(body.model, known)
  return createChooseModels(config)(
    { route, reason, threshold: null, classification: null, inherited: null, recipe: 2 },
    { requested, principal: principal ?? LOCAL_PRINCIPAL, body },
  )
}
