// A chat completion → a Gemini GenerateContentResponse.
import { isObject, type JsonObject, objectsOf, textOf } from '../json.ts'
import { toAnswerParts, toCallPart } from './inbound-answer.ts'
import { headOf, toFinishReason, toUsageMetadata } from './inbound-usage.ts'

const toCandidate = (choice: JsonObject, at: number, wantsThoughts: boolean): JsonObject => {
  const message = isObject(choice.message) ? choice.message : {}
  const isCutShort = choice.finish_reason === 'length'
  const calls = objectsOf(message.tool_calls).map((call) => toCallPart(call, isCutShort))
  return {
    content: { role: 'model', parts: [...toAnswerParts(message, wantsThoughts), ...calls] },
    finishReason: toFinishReason(choice.finish_reason, textOf(message.refusal) !== ''),
    index: typeof choice.index === 'number' ? choice.index : at,
  }
}

/** @throws RouterError `upstream_invalid` where a tool call's arguments are no JSON object */
export const toGenerateContent = (completion: JsonObject, wantsThoughts: boolean): JsonObject => ({
  candidates: objectsOf(completion.choices).map((choice, at) =>
    toCandidate(choice, at, wantsThoughts),
  ),
  ...toUsageMetadata(completion.usage),
  ...headOf(completion),
})
