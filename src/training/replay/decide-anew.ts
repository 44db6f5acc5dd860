// One stored decision, decided anew: its own turn by another classifier, blended with the earlier turn as it was recorded.
// Weight and earlier turn are taken as they stand: what the request's history held is not stored.
import { blendClassifications } from '../../core/conversation/conversation.ts'
import { type DecideInput, decide, type RouteChoice } from '../../core/decide/decide.ts'
import type { Classification, Inheritance } from '../../core/types.ts'

export interface DecideAnewOptions
  extends Pick<DecideInput, 'thresholds' | 'defaultRoute' | 'models'> {
  /** False takes every turn by itself, as the configuration may ask for. */
  isInheriting: boolean
}

/** @param own classification of the turn itself @param inherited as stored; null where the turn stood alone */
export const decideAnew = (
  own: Classification,
  inherited: Inheritance | null,
  options: DecideAnewOptions,
): RouteChoice => {
  const { isInheriting, ...given } = options
  const input = { ...given, requested: { kind: 'auto' }, degradedBy: null } as const
  if (inherited === null || !isInheriting) return decide({ ...input, classification: own })
  const { scores, confidence, novelty, noveltyLimit } = own
  const earlier = { ...inherited.earlier, noveltyLimit }
  return decide({
    ...input,
    classification: blendClassifications(own, earlier, inherited.weight),
    inherited: { ...inherited, own: { scores, confidence, novelty } },
  })
}
