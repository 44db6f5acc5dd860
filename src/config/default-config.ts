// The embedded defaults, used without a signalbox.yaml: twelve routes, and two models of each provider found in the environment.
import type { z } from 'zod'
import type { configSchema } from './config-schema.ts'
import type { Environment } from './environment.ts'
import { type FoundProvider, findProviders } from './known-providers.ts'

type ConfigInput = z.input<typeof configSchema>

const ROUTES: Record<string, { description: string; model: 'small' | 'large' }> = {
  code: { description: 'Write, debug, explain, review or port program code.', model: 'large' },
  math: { description: 'Compute, solve, prove; numeric word problems.', model: 'large' },
  reasoning: { description: 'Logic puzzles, deduction, flaws in arguments.', model: 'large' },
  data_analysis: { description: 'SQL, spreadsheets, data frames, metrics.', model: 'large' },
  writing: { description: 'Compose new text from a brief.', model: 'large' },
  rewriting: { description: 'Change text that the user supplies.', model: 'small' },
  summarisation: { description: 'Condense material.', model: 'small' },
  translation: { description: 'Between human languages.', model: 'small' },
  extraction: { description: 'Pull structure out of supplied text; label items.', model: 'small' },
  knowledge: { description: 'Facts, definitions, explanations.', model: 'small' },
  advice: { description: 'Plans, recommendations, choices.', model: 'large' },
  smalltalk: { description: 'Greetings, thanks, chit-chat.', model: 'small' },
}

/** The route for everything that matches no other; it has no exemplars. */
const DEFAULT_ROUTE = 'general'

/** The built-in demo, used where the environment names no provider. */
const DEMO: FoundProvider = {
  name: 'echo',
  foundBy: [],
  settings: { kind: 'echo' },
  models: { small: 'gpt-4.1-mini', large: 'gpt-4.1' },
}

type Size = keyof FoundProvider['models']

/** The preferred provider's models are `small` and `large`; those of others have the provider's name as a prefix. */
const idOf = (size: Size, { name }: FoundProvider, i: number): string =>
  i === 0 ? size : `${name}-${size}`

const providersOf = (env: Environment): FoundProvider[] => {
  const [preferred = DEMO, ...others] = findProviders(env)
  const { small, large } = preferred.models
  const models = {
    small: env.SIGNALBOX_SMALL_MODEL || small,
    large: env.SIGNALBOX_LARGE_MODEL || large,
  }
  return [{ ...preferred, models }, ...others]
}

/**
 * The embedded defaults: a small and a large model of each provider with a key or an address in the environment. The first provider
 * serves, the others are its fallbacks. `SIGNALBOX_SMALL_MODEL` and `SIGNALBOX_LARGE_MODEL` name other models of the first.
 */
export const defaultConfig = (env: Environment): ConfigInput => {
  const providers = providersOf(env)
  const modelsOf = (size: Size): string[] => providers.map((one, i) => idOf(size, one, i))
  return {
    providers: Object.fromEntries(providers.map(({ name, settings }) => [name, settings])),
    models: Object.fromEntries(
      providers.flatMap((one, i) =>
        (['small', 'large'] as const).map((size) => [
          idOf(size, one, i),
          { provider: one.name, name: one.models[size] },
        ]),
      ),
    ),
    routes: {
      ...Object.fromEntries(
        Object.entries(ROUTES).map(([route, { description, model }]) => [
          route,
          { description, models: modelsOf(model) },
        ]),
      ),
      [DEFAULT_ROUTE]: { description: 'Everything else.', models: modelsOf('large') },
    },
    default_route: DEFAULT_ROUTE,
  }
}

/** Sentences on what the defaults chose and why. They name variables, never their values. */
export const describeDefaults = (env: Environment): string[] => {
  const [preferred = DEMO, ...others] = providersOf(env)
  const { name, foundBy, models } = preferred
  if (foundBy.length === 0) {
    return [
      'The environment names no provider: the built-in demo answers. Set OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY, MISTRAL_API_KEY, GROQ_API_KEY, OPENROUTER_API_KEY, or OLLAMA_HOST for a local Ollama.',
    ]
  }
  return [
    `${name} serves (${foundBy.join(', ')}): small is ${models.small}, large is ${models.large}.`,
    ...others.map(
      (other) =>
        `${other.name} stands in where it fails (${other.foundBy.join(', ')}): ${other.models.small}, ${other.models.large}.`,
    ),
  ]
}
