// A labelled prompt that somebody wants to add: what it must be, and what speaks against it. The command and the server ask the same.
import { unknownRoute } from '../../core/suggest.ts'
import { type Exemplar, NONE_ROUTE } from '../../core/types.ts'
import { RouterError } from '../../errors.ts'
import type { AdditionCheck, NearExemplar } from './check-addition.ts'
import { exemplarId, exemplarTextSchema } from './exemplar-line.ts'

const SHOWN_CHARS = 72

const shown = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return JSON.stringify(line.length > SHOWN_CHARS ? `${line.slice(0, SHOWN_CHARS - 1)}…` : line)
}

export const describeNear = ({ exemplar, similarity }: NearExemplar): string =>
  `${shown(exemplar.text)} (route ${exemplar.route}, ${exemplar.id}, similarity ${similarity.toFixed(3)})`

/** @throws RouterError `route_not_found`, with what else may be done about it as `hint` */
export const checkRoute = (route: string, routes: readonly string[], hint = ''): void => {
  const allowed = [...routes, NONE_ROUTE]
  if (allowed.includes(route)) return
  throw new RouterError('route_not_found', `${unknownRoute(route, allowed)} ${hint}`.trim(), {
    param: 'route',
  })
}

/** @throws RouterError `invalid_exemplar` for a text that no exemplar may have */
export const newExemplar = (input: string, route: string): Exemplar => {
  const parsed = exemplarTextSchema.safeParse(input.trim())
  if (!parsed.success) {
    throw new RouterError('invalid_exemplar', `The text ${parsed.error.issues[0]?.message}.`)
  }
  const text = parsed.data
  return { id: exemplarId({ route, text }), text, route, source: 'seed' }
}

const OBJECTIONS = {
  duplicate: 'The route has this text already',
  near_duplicate: 'The route has almost the same text already',
  contradiction: 'Another route has the same text',
  conflict: 'Another route has almost the same text',
}

/** Two lines with the same text would make the training data invalid: no force for that. */
const isFinal = ({ objection }: AdditionCheck): boolean =>
  objection?.kind === 'duplicate' || objection?.kind === 'contradiction'

/** @throws RouterError `invalid_exemplar` that names what is in its way; `force` overrules what is a matter of opinion */
export const refuseObjection = (
  check: AdditionCheck,
  { force, howToForce }: { force: boolean; howToForce: string },
): void => {
  if (check.objection === null || (force && !isFinal(check))) return
  const { kind, neighbour } = check.objection
  const advice = isFinal(check)
    ? 'Edit or remove that line instead.'
    : `Add it nevertheless with ${howToForce}, or correct that line.`
  throw new RouterError(
    'invalid_exemplar',
    `${OBJECTIONS[kind]}: ${describeNear(neighbour)}. ${advice}`,
  )
}
