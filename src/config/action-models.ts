// Ways of asking a model that routes list → models of their own, with all that the model has.
import type { Config } from './config-schema.ts'
import { actionOf } from './schema/action-schema.ts'

/** What is configured under an action's id already stays; an action of an unknown model is left for the checks to name. */
export const withActionModels = (config: Config): Config => {
  const listed = new Set(Object.values(config.routes).flatMap(({ models }) => models))
  const added = [...listed].flatMap((id) => {
    const action = Object.hasOwn(config.models, id) ? null : actionOf(id)
    const base = action && Object.hasOwn(config.models, action.model) && config.models[action.model]
    if (!action || !base) return []
    const { effort, answerTokens: answer_tokens } = action
    return [[id, { ...base, effort, answer_tokens }] as const]
  })
  return added.length === 0
    ? config
    : { ...config, models: { ...config.models, ...Object.fromEntries(added) } }
}
