// A request in another dialect may hold what the OpenAI form cannot say. Who does not speak that dialect refuses it, by
// the field's name: an answer that silently left something out would look like a whole one.
import type { UpstreamRequest } from '../../dialects/chat/upstream-request.ts'
import { RouterError } from '../../errors.ts'
import type { Upstream } from '../upstream.ts'

const MAX_TOLD_FIELDS = 5

/** @throws RouterError `invalid_request` naming the fields, the first as its `param` */
export const refuseUntranslatable = (
  { native, target }: Pick<UpstreamRequest, 'native' | 'target'>,
  kind: Upstream['kind'],
): void => {
  if (native === undefined || native.dialect === kind) return
  const [first] = native.untranslatable
  if (first === undefined) return
  const told = native.untranslatable.slice(0, MAX_TOLD_FIELDS).join(', ')
  throw new RouterError(
    'invalid_request',
    `${told}: only a provider of kind ${native.dialect} can be asked for this, and the model ${target.model} is served by one of kind ${kind}.`,
    { param: first.replace(/ \(.*$/, ''), details: { untranslatable: native.untranslatable } },
  )
}
