// Actions of models that routes list (a model with a reasoning effort or limit) → models of their own, with all settings of the model.
import type { Config } from './config-schema.ts'
import { actionOf } from './schema/action-schema.ts'

/** Ids that are configured already stay; actions of unknown models are reported by the checks. */
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
