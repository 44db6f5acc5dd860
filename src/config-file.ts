// signalbox.yaml (or the embedded defaults) → a checked Config. Errors name the path of the key and what would be right.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { closest } from 'fastest-levenshtein'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { type Config, configSchema } from './config.ts'
import { chainProblems } from './config-chains.ts'
import { NONE_ROUTE } from './core/types.ts'
import { defaultConfig } from './default-config.ts'
import { RouterError } from './errors.ts'

export interface LoadedConfig {
  config: Config
  /** First 12 hex of the sha256 of `text`: decisions name it. */
  version: string
  /** The configuration in full, as YAML, without secrets (they are only named in it). */
  text: string
  /** File it came from, null for the embedded defaults. */
  path: string | null
}

/** Keys that are allowed at `path` of the schema, for suggestions. */
const keysAt = (path: PropertyKey[]): string[] => {
  let schema: unknown = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' })
  for (const key of path) {
    const node = schema as { properties?: Record<string, unknown>; additionalProperties?: unknown }
    schema = node.properties?.[String(key)] ?? node.additionalProperties ?? {}
  }
  return Object.keys((schema as { properties?: object }).properties ?? {})
}

const describeIssue = (issue: z.core.$ZodIssue): string => {
  const path = issue.path.join('.')
  if (issue.code !== 'unrecognized_keys') return `${path || '(top level)'}: ${issue.message}`
  const known = keysAt(issue.path)
  return issue.keys
    .map((key) => {
      const full = [...issue.path, key].join('.')
      return known.length > 0
        ? `${full}: unknown key, did you mean "${closest(key, known)}"? Allowed: ${known.join(', ')}`
        : `${full}: unknown key`
    })
    .join('; ')
}

const suggest = (name: string, known: string[]): string =>
  known.length > 0 ? `did you mean "${closest(name, known)}"?` : 'none is configured'

/** What the schema cannot say: names that must refer to something. */
const danglingNames = (config: Config): string[] => {
  const routes = Object.keys(config.routes)
  const models = Object.keys(config.models)
  const providers = Object.keys(config.providers)
  const problems: string[] = []
  if (!routes.includes(config.default_route)) {
    problems.push(
      `default_route: no route "${config.default_route}", ${suggest(config.default_route, routes)}`,
    )
  }
  if (routes.includes(NONE_ROUTE)) {
    problems.push(`routes.${NONE_ROUTE}: this name is kept for exemplars that belong to no route`)
  }
  problems.push(
    ...chainProblems(config, (model) => (models.includes(model) ? null : suggest(model, models))),
  )
  for (const [model, { provider }] of Object.entries(config.models)) {
    if (model === 'auto' || model.startsWith('route:')) {
      problems.push(`models.${model}: "auto" and "route:…" are taken, choose another id`)
    }
    if (!providers.includes(provider)) {
      problems.push(
        `models.${model}.provider: no provider "${provider}", ${suggest(provider, providers)}`,
      )
    }
  }
  for (const [provider, { kind, base_url, preset }] of Object.entries(config.providers)) {
    if (kind === 'openai' && !base_url && (!preset || preset === 'azure')) {
      problems.push(
        `providers.${provider}.base_url: required for kind openai without a preset, e.g. https://api.openai.com/v1`,
      )
    }
    if (kind !== 'openai' && preset) {
      problems.push(`providers.${provider}.preset: only for kind openai`)
    }
  }
  return problems
}

/** @throws RouterError `invalid_config` with every problem found, one a line. */
export const checkConfig = (input: unknown, where: string): Config => {
  const parsed = configSchema.safeParse(input)
  const problems = parsed.success
    ? danglingNames(parsed.data)
    : parsed.error.issues.map(describeIssue)
  if (parsed.success && problems.length === 0) return parsed.data
  throw new RouterError('invalid_config', `${where} is not valid:\n  ${problems.join('\n  ')}`)
}

const readYaml = (path: string): unknown => {
  try {
    return parse(readFileSync(path, 'utf8'))
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : 'unreadable'
    throw new RouterError('invalid_config', `${path} cannot be read as YAML: ${why}`, {
      cause: error,
    })
  }
}

/**
 * `SIGNALBOX_CONFIG`, else `signalbox.yaml` in `cwd`, else the embedded defaults; `HOST` and `PORT` override.
 * @throws RouterError `invalid_config`
 */
export const loadConfig = (
  options: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): LoadedConfig => {
  const env = options.env ?? process.env
  const named = env.SIGNALBOX_CONFIG
  const path = resolve(options.cwd ?? process.cwd(), named || 'signalbox.yaml')
  if (named && !existsSync(path)) {
    throw new RouterError('invalid_config', `SIGNALBOX_CONFIG names ${path}, which does not exist.`)
  }
  const fromFile = existsSync(path)
  const input = fromFile ? readYaml(path) : defaultConfig(env)
  const config = checkConfig(input, fromFile ? path : 'The embedded configuration')
  const overridden = checkConfig(
    {
      ...config,
      server: {
        ...config.server,
        ...(env.HOST ? { host: env.HOST } : {}),
        ...(env.PORT ? { port: Number(env.PORT) } : {}),
      },
    },
    'HOST or PORT in the environment',
  )
  const text = stringify(overridden)
  const version = createHash('sha256').update(text).digest('hex').slice(0, 12)
  return { config: overridden, version, text, path: fromFile ? path : null }
}
