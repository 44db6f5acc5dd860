// First step of the pipeline: the principal, the requested model and the conversation of a request.
import type { Config } from '../config/config-schema.ts'
import { sessionKey } from '../core/conversation/session-key.ts'
import { LOCAL_PRINCIPAL, type Principal } from '../core/decide/gateway-key.ts'
import { requirePermitted } from '../core/decide/permitted.ts'
import { parseRequestedModel, type RequestedModel } from '../core/decide/requested-model.ts'
import type { ChatBody } from '../dialects/chat/upstream-request.ts'
import type { ChatRequest, RouteRequest } from './request.ts'

export interface Asked extends Omit<RouteRequest, 'user' | 'principal'> {
  requested: RequestedModel
  principal: Principal
  /** Separates equal sessions of different people. */
  user: string | null
  /** sha256 of the caller's `user`; null where there is none. */
  userDigest: string | null
  /** Key of the conversation, computed at its first use. */
  conversation: () => string
  body: ChatBody
}

/** @throws RouterError `model_not_found`, `route_not_found`, `permission_denied` */
export type WhoAsks = (request: RouteRequest & Partial<Pick<ChatRequest, 'body'>>) => Asked

export const createWhoAsks = (
  config: Pick<Config, 'routes' | 'models'>,
  digest: (text: string) => string,
): WhoAsks => {
  const known = { routes: Object.keys(config.routes), models: Object.keys(config.models) }
  return (request) => {
    const { principal = LOCAL_PRINCIPAL, sessionId, messages, model } = request
    const requested = parseRequestedModel(model, known)
    requirePermitted(principal, requested)
    const { body = { model, messages } } = request
    const named = request.user ?? userOf(body)
    // Users of different keys are different people, even with equal names.
    const user = principal.id === LOCAL_PRINCIPAL.id ? named : JSON.stringify([principal.id, named])
    let key: string | undefined
    return Object.assign({}, request, {
      ...{ requested, principal, user, body },
      userDigest: named ? digest(named) : null,
      conversation: () => {
        key ??= sessionKey({ sessionId, user, messages }, digest)
        return key
      },
    })
  }
}

/** OpenAI's `user`: the caller's name for its end user. */
const userOf = ({ user }: ChatBody & { user?: unknown }): string | null =>
  typeof user === 'string' ? user : null
