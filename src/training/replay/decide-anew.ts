// One stored decision, decided anew: its own turn by another classifier, with the earlier turn as it was recorded.
// Weight and earlier turn are taken as they stand: what the request's history held is not stored.
import type { RouteChoice } from '../../core/decide/decide-route.ts'
import { decideTurn, type Inherited, type RoutePolicy } from '../../core/decide/decide-turn.ts'
import type { Classification } from '../../core/types.ts'

export interface DecideAnewOptions {
  policy: RoutePolicy
  /** False takes every turn by itself, as the configuration may ask for. */
  isInheriting: boolean
}

/** @param own classification of the turn itself @param inherited as stored; null where the turn stood alone */
export const decideAnew = (
  own: Classification,
  inherited: Inherited | null,
  { policy, isInheriting }: DecideAnewOptions,
): RouteChoice => {
  const requested = { kind: 'auto' } as const
  const taken = isInheriting ? inherited : null
  return decideTurn({ requested, own, inherited: taken, degradedBy: null }, policy)
}
