// A request in another dialect may hold what the OpenAI form cannot say. Who does not speak that dialect refuses it, by
// the field's name: an answer that silently left something out would look like a whole one. What may be left out is named
// beside the answer.
import type { NativeBody, UpstreamRequest } from '../../dialects/chat/upstream-request.ts'
import { RouterError } from '../../errors.ts'
import type { Wire } from './wire.ts'

const MAX_TOLD_FIELDS = 5

type Subject = Pick<UpstreamRequest, 'native'>
type Speaker = Pick<Wire, 'kind' | 'native'>

/** Whether the caller's own body is handed on. */
export const speaksNative = ({ native }: Subject, wire: Speaker): boolean =>
  native !== undefined && native.dialect === wire.native

/** What a translated request lacks. */
export const droppedByTranslation = (request: Subject, wire: Speaker): string[] =>
  speaksNative(request, wire) ? [] : (request.native?.dropped ?? [])

const SPEAKERS: Record<NativeBody['dialect'], string> = {
  anthropic: 'a provider of kind anthropic',
  gemini: 'a provider of kind gemini',
  responses: 'a provider that speaks the Responses API itself',
}

/** @throws RouterError `invalid_request` naming the fields, the first as its `param` */
export const refuseUntranslatable = (
  request: Pick<UpstreamRequest, 'native' | 'target'>,
  wire: Speaker,
): void => {
  const { native, target } = request
  if (native === undefined || speaksNative(request, wire)) return
  const [first] = native.untranslatable
  if (first === undefined) return
  const told = native.untranslatable.slice(0, MAX_TOLD_FIELDS).join(', ')
  throw new RouterError(
    'invalid_request',
    `${told}: only ${SPEAKERS[native.dialect]} can be asked for this, and the model ${target.model} is served by one of kind ${wire.kind}.`,
    { param: first.replace(/ \(.*$/, ''), details: { untranslatable: native.untranslatable } },
  )
}
