// A caller of the Responses API and a provider that has it: body and answer are passed on, except the model's name, the cost, the
// router's own fields, and reasoning items of other providers' models.

import { costUsd, type Price } from '../../core/decide/cost.ts'
import type { Usage } from '../../core/types.ts'
import { fitUser } from '../../dialects/chat/fit-user.ts'
import { fitId, type IdRule } from '../../dialects/chat/tool-ids.ts'
import type { NativeBody, UpstreamTarget } from '../../dialects/chat/upstream-request.ts'
import { invalidAnswer } from '../../dialects/invalid-answer.ts'
import { isObject, type JsonObject, mapSame, objectsOf, withChanges } from '../../dialects/json.ts'
import { isOwnReasoning } from '../../dialects/responses/carried-thoughts.ts'
import { readUsage } from '../stream/usage.ts'

const MAX_USER_CHARS = 64

/** Its API: "Expected a string with maximum length 64". */
const CALL_IDS: IdRule = { pattern: /^.{1,64}$/s, maxChars: 64 }

const withFittedId = (item: unknown): unknown =>
  isObject(item) && typeof item.call_id === 'string'
    ? withChanges(item, { call_id: fitId(item.call_id, CALL_IDS) })
    : item

const inputOf = (input: unknown): unknown => {
  if (!Array.isArray(input)) return input
  const own = input.some(isOwnReasoning) ? input.filter((item) => !isOwnReasoning(item)) : input
  return mapSame(own, withFittedId)
}

/** `session_id` is ours. */
const metadataOf = (metadata: unknown): unknown => {
  if (!isObject(metadata) || metadata.session_id === undefined) return metadata
  const { session_id: _, ...rest } = metadata
  return Object.keys(rest).length > 0 ? rest : undefined
}

/** The body for the provider; values that need no change are the caller's own objects, so that their bytes are kept. */
export const nativeBody = ({ body }: NativeBody, target: UpstreamTarget): JsonObject => {
  const named = { ...body, model: target.upstreamName }
  const fitted = ['user', 'safety_identifier', 'prompt_cache_key']
    .filter((field) => typeof body[field] === 'string')
    .map((field) => [field, fitUser(body[field], MAX_USER_CHARS)])
  return withChanges(named, {
    input: inputOf(body.input),
    metadata: metadataOf(body.metadata),
    ...Object.fromEntries(fitted),
  })
}

/** Usage of the Responses API in chat's terms. */
export const readNativeUsage = (usage: unknown): Usage | null => {
  if (!isObject(usage)) return null
  const { input_tokens: input, output_tokens: output, input_tokens_details: details } = usage
  return readUsage({
    prompt_tokens: input,
    completion_tokens: output,
    prompt_tokens_details: details,
  })
}

/** The response with `usage.cost` in USD: by the configured price, else as the provider reported it, else null. */
export const withNativeCost = (response: JsonObject, price: Price): JsonObject => {
  const { usage } = response
  if (!isObject(usage)) return response
  const cost = costUsd(readNativeUsage(usage), price) ?? usage.cost ?? null
  return { ...response, usage: { ...usage, cost } }
}

/** All text that the model wrote. */
export const responseTextOf = ({ output }: JsonObject): string =>
  objectsOf(output)
    .flatMap(({ content, summary, name, arguments: written, input }) => [
      ...[...objectsOf(content), ...objectsOf(summary)].map(({ text, refusal }) => text ?? refusal),
      ...[name, written, input],
    ])
    .filter((part) => typeof part === 'string')
    .join('')

/** @throws RouterError `upstream_invalid` where the body is no response */
export const readNativeReply = (
  provider: string,
  body: JsonObject,
  price: Price,
): { body: JsonObject; usage: Usage | null } => {
  if (!Array.isArray(body.output)) throw invalidAnswer(provider, 'answered without output')
  return { body: withNativeCost(body, price), usage: readNativeUsage(body.usage) }
}
