// Refuses requests with fields of another dialect that cannot be translated to OpenAI's form, naming the fields, where the provider does
// not speak that dialect: silently leaving them out would change the answer. Fields that may be dropped are reported with the answer.
import type { NativeBody, UpstreamRequest } from '../../dialects/chat/upstream-request.ts'
import { RouterError } from '../../errors.ts'
import type { Wire } from './wire.ts'

const MAX_NAMED_FIELDS = 5

type Subject = Pick<UpstreamRequest, 'native'>
type Speaker = Pick<Wire, 'kind' | 'native'>

/** Whether the caller's own body is passed on. */
export const speaksNative = ({ native }: Subject, wire: Speaker): boolean =>
  native !== undefined && native.dialect === wire.native

/** Fields that a translated request lacks. */
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
  const named = native.untranslatable.slice(0, MAX_NAMED_FIELDS).join(', ')
  throw new RouterError(
    'invalid_request',
    `${named}: only ${SPEAKERS[native.dialect]} supports this, and the model ${target.model} is served by one of kind ${wire.kind}.`,
    { param: first.replace(/ \(.*$/, ''), details: { untranslatable: native.untranslatable } },
  )
}
