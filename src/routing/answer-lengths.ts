// Decaying means of the answers' lengths by route and model, from which costs are predicted. In memory; two numbers per model and
// route.
import {
  type Decay,
  type DecayedMean,
  NOTHING_SEEN,
  shrunk,
  withValue,
} from '../core/statistics/decayed-mean.ts'

export interface AnswerLengths {
  /** Expected tokens of the model's answer to a prompt of this route. */
  expected(route: string, model: string): number
  learn(route: string, model: string, tokens: number): void
}

/** Half of the weight is on the last 35 answers. */
const DECAY: Decay = { retention: 0.98 }
/** Prior mean, tokens. */
const PRIOR_TOKENS = 300
/** Weight of the prior, in answers. */
const PRIOR_STRENGTH = 5

export const createAnswerLengths = (): AnswerLengths => {
  const routes = new Map<string, DecayedMean>()
  const models = new Map<string, DecayedMean>()
  const keyOf = (route: string, model: string): string => JSON.stringify([route, model])
  const strength = PRIOR_STRENGTH
  return {
    expected: (route, model) => {
      const ofRoute = routes.get(route) ?? NOTHING_SEEN
      const prior = shrunk(ofRoute, { prior: PRIOR_TOKENS, strength })
      return Math.round(
        shrunk(models.get(keyOf(route, model)) ?? NOTHING_SEEN, { prior, strength }),
      )
    },
    learn: (route, model, tokens) => {
      const key = keyOf(route, model)
      const at = { nowMs: 0, decay: DECAY }
      routes.set(route, withValue(routes.get(route) ?? NOTHING_SEEN, tokens, at))
      models.set(key, withValue(models.get(key) ?? NOTHING_SEEN, tokens, at))
    },
  }
}
