// The configuration that serves when there is no signalbox.yaml: twelve routes, two models, one provider found in the environment.
import type { z } from 'zod'
import type { configSchema } from './config-schema.ts'

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

/** OpenAI or any compatible server where the environment names one, else the built-in demo. */
const providerFrom = (env: NodeJS.ProcessEnv): ConfigInput['providers'][string] => {
  if (!env.OPENAI_BASE_URL && !env.OPENAI_API_KEY) return { kind: 'echo' }
  return {
    kind: 'openai',
    base_url: env.OPENAI_BASE_URL || 'https://api.openai.com/v1',
    ...(env.OPENAI_API_KEY ? { api_key_env: 'OPENAI_API_KEY' } : {}),
  }
}

/**
 * The embedded defaults. `OPENAI_BASE_URL` and `OPENAI_API_KEY` choose the provider; `SIGNALBOX_SMALL_MODEL` and
 * `SIGNALBOX_LARGE_MODEL` its models.
 */
export const defaultConfig = (env: NodeJS.ProcessEnv): ConfigInput => {
  const provider = providerFrom(env)
  return {
    providers: { [provider.kind]: provider },
    models: {
      small: { provider: provider.kind, name: env.SIGNALBOX_SMALL_MODEL || 'gpt-4.1-mini' },
      large: { provider: provider.kind, name: env.SIGNALBOX_LARGE_MODEL || 'gpt-4.1' },
    },
    routes: {
      ...Object.fromEntries(
        Object.entries(ROUTES).map(([route, { description, model }]) => [
          route,
          { description, models: [model] },
        ]),
      ),
      [DEFAULT_ROUTE]: { description: 'Everything else.', models: ['large'] },
    },
    default_route: DEFAULT_ROUTE,
  }
}
