// Decides a past turn by the shadow generation, from the decision's data.
import type { Config } from '../config/config-schema.ts'
import { createClassifier } from '../core/classifier/score.ts'
import { confidenceIn, decideTurn, routePolicy } from '../core/decide/decide-turn.ts'
import type { ShadowDecision } from '../core/records/arm-records.ts'
import type { Decision, Reason } from '../core/types.ts'
import { searchNeighbours } from '../routing/classify.ts'
import type { Generation } from '../vector-index/generation.ts'

/** The configuration of a decision, which its shadow decision uses as well. */
export type DecidedUnder = Pick<Config, 'routes' | 'default_route' | 'index'>

/** An answered decision with its configuration. */
export interface Answered {
  decision: Decision
  config: DecidedUnder
}

/** Reasons that depend on the classification; others do not depend on the generation. */
const COMPARABLE: ReadonlySet<Reason> = new Set([
  'matched',
  'below_threshold',
  'none_of_the_above',
  'unconfigured_route',
  'session',
])

/** Whether another generation could have decided differently. */
export const isComparable = ({ embedding, reason, inherited }: Decision): boolean =>
  embedding !== null && COMPARABLE.has(reason) && inherited?.source !== 'tool_loop'

type Classifier = ReturnType<typeof createClassifier>

/** @throws RouterError `index_invalid`, `invalid_vector` */
const decideAgain = (
  { generation, classifier }: { generation: Generation; classifier: Classifier },
  { decision, config }: Answered,
): Pick<ShadowDecision, 'route' | 'reason' | 'confidence'> => {
  const { text } = decision.routingText
  const embedding = decision.embedding as Float32Array
  const found = searchNeighbours(generation, embedding, config.index.neighbours)
  const own = classifier.classify({ text, embedding, ...found })
  // The earlier turn is used as recorded: the shadow has not classified it.
  const { inherited } = decision
  const turn = { requested: { kind: 'auto' }, own, inherited, degradedBy: null } as const
  const made = decideTurn(turn, routePolicy(config, generation.classifier))
  const { route, reason } = made
  return { route, reason, confidence: confidenceIn(made, route) }
}

/**
 * Decides by a generation, whose classifier is created once; null where the decision's encoder is another.
 * @throws RouterError `index_invalid`, `invalid_vector`
 */
export const createShadowDecide = () => {
  const classifiers = new WeakMap<Generation, Classifier>()
  return (
    generation: Generation,
    answered: Answered,
  ): Pick<ShadowDecision, 'route' | 'reason' | 'confidence'> | null => {
    if (answered.decision.encoderId !== generation.manifest.encoderId) return null
    const classifier = classifiers.get(generation) ?? createClassifier(generation.classifier)
    classifiers.set(generation, classifier)
    return decideAgain({ generation, classifier }, answered)
  }
}
