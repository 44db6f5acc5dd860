// How long answers are, by route and model: what a cost is predicted from before there is an answer. In memory; two numbers a
// model and route.
import {
  type Decay,
  type DecayedMean,
  NOTHING_SEEN,
  shrunk,
  withValue,
} from '../core/statistics/decayed-mean.ts'

export interface AnswerLengths {
  /** Tokens that the model is expected to answer a prompt of this route with. */
  expected(route: string, model: string): number
  learn(route: string, model: string, tokens: number): void
}

/** Half of what is known is from the last 35 answers. */
const DECAY: Decay = { retention: 0.98 }
/** Before any answer. */
const PRIOR_TOKENS = 300
/** Answers that a model's own must outweigh. */
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
