// Checks of fallback chains that the schema cannot express: every model exists, and no chain returns to an earlier model. Refused when
// the configuration is loaded, so that no request can loop.
import type { Config } from './config-schema.ts'

export interface ListedChain {
  /** Its path in the file, e.g. `routes.code.resilience.fallbacks.general`. */
  path: string
  models: readonly string[]
  /** Models that are tried before this chain. */
  before: readonly string[]
}

const KINDS = ['general', 'context_window', 'content_policy'] as const

const chainsOf = (config: Config): ListedChain[] => {
  const { fallbacks } = config.resilience
  const chains: ListedChain[] = KINDS.map((kind) => ({
    path: `resilience.fallbacks.${kind}`,
    models: fallbacks[kind],
    before: [],
  }))
  for (const [name, { models, resilience }] of Object.entries(config.routes)) {
    chains.push({ path: `routes.${name}.models`, models, before: [] })
    for (const kind of KINDS) {
      const path = `routes.${name}.resilience.fallbacks.${kind}`
      const listed = resilience.fallbacks[kind] ?? []
      // Fallbacks for context window and content policy may name a later model of the route.
      const before = kind === 'general' ? models : models.slice(0, 1)
      chains.push({ path, models: listed, before })
    }
  }
  return chains
}

const problemsOf = (
  { path, models, before }: ListedChain,
  suggest: (model: string) => string | null,
): string[] => {
  const seen = new Set(before)
  return models.flatMap((model) => {
    const unknown = suggest(model)
    if (unknown !== null) return [`${path}: no model "${model}", ${unknown}`]
    const isCycle = seen.has(model)
    seen.add(model)
    return isCycle ? [`${path}: comes back to "${model}", which was tried before`] : []
  })
}

/**
 * One line per unknown model or cycle.
 * @param suggest the suggestion for an unknown model, null for a known one
 */
export const chainProblems = (
  config: Config,
  suggest: (model: string) => string | null,
): string[] => chainsOf(config).flatMap((chain) => problemsOf(chain, suggest))
