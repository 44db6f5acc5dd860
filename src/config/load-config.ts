// signalbox.yaml (or the embedded defaults) → a checked Config. Errors name the key's path and the remedy.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { closest } from 'fastest-levenshtein'
import { parse, stringify } from 'yaml'
import { z } from 'zod'
import { NONE_ROUTE } from '../core/types.ts'
import { RouterError } from '../errors.ts'
import { withActionModels } from './action-models.ts'
import { chainProblems } from './chain-problems.ts'
import { type Config, configSchema } from './config-schema.ts'
import { defaultConfig } from './default-config.ts'
import type { Environment } from './environment.ts'
import { withPrices } from './price-book.ts'
import { modelsNamedIn } from './schema/select-schema.ts'

export interface LoadedConfig {
  config: Config
  /** First 12 hex digits of the sha256 of `text`; stored with decisions. */
  version: string
  /**
   * The complete configuration as YAML, without secrets (only their variables are named) and without `HOST` and `PORT`, which belong
   * to the process.
   */
  text: string
  /** Path of its file, null for the embedded defaults. */
  path: string | null
  /** `config` without `HOST` and `PORT`; absent where it is the same. */
  written?: Config
  /** Text of the file with its comments; absent without a file. */
  source?: string
}

/** Environment and working folder to read the configuration from; by default the process's. */
export interface ConfigPlace {
  env?: Environment
  cwd?: string
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

/** For a value of several possible forms: the issues of the form that it has. */
const issuesWithin = (issue: z.core.$ZodIssue): z.core.$ZodIssue[] => {
  if (issue.code !== 'invalid_union') return [issue]
  const isOfForm = (issues: z.core.$ZodIssue[]): boolean =>
    issues.every(({ path, code }) => path.length > 0 || !OTHER_FORM.has(code))
  const own = issue.errors.find(isOfForm) ?? []
  if (own.length === 0) return [issue]
  return own.flatMap((inner) => issuesWithin({ ...inner, path: [...issue.path, ...inner.path] }))
}

const OTHER_FORM = new Set(['invalid_type', 'invalid_value'])

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

/** An alias must resolve to a valid `model` value, and must not hide one. */
const aliasProblems = ({ aliases, models, routes }: Config): string[] => {
  const known = ['auto', 'local', ...Object.keys(routes).map((route) => `route:${route}`)]
  known.push(...Object.keys(models))
  return Object.entries(aliases).flatMap(([alias, target]) => {
    if (known.includes(alias) || alias.startsWith('route:')) {
      return [`aliases.${alias}: this name stands for itself already, choose another`]
    }
    if (known.includes(target)) return []
    return [`aliases.${alias}: there is no "${target}" to stand for, ${suggest(target, known)}`]
  })
}

/** Settings of a policy may only name models of its route. */
const selectProblems = ({ routes }: Config): string[] =>
  Object.entries(routes).flatMap(([route, { select, models }]) =>
    modelsNamedIn(select)
      .filter((model) => !models.includes(model))
      .map((model) => `routes.${route}.select: ${suggestOf(model, models)}`),
  )

const suggestOf = (model: string, models: string[]): string =>
  `"${model}" is no model of this route, ${suggest(model, models)}`

const addressProblems = ({ providers }: Config): string[] => {
  const problems: string[] = []
  for (const [provider, { kind, base_url, preset }] of Object.entries(providers)) {
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

/** Checks that the schema cannot express: names that must refer to something. */
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
    problems.push(
      `routes.${NONE_ROUTE}: this name is reserved for exemplars that belong to no route`,
    )
  }
  problems.push(
    ...chainProblems(config, (model) => (models.includes(model) ? null : suggest(model, models))),
  )
  problems.push(...aliasProblems(config), ...selectProblems(config))
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
  problems.push(...addressProblems(config))
  return problems
}

const RESERVED = new Set(['__proto__', 'constructor', 'prototype'])

/** Paths of keys that are reserved in JavaScript (`__proto__`): the schema would drop them silently. */
const reservedKeys = (input: unknown): string[] => {
  const found: string[] = []
  const seen = new Set<unknown>()
  const waiting: [value: unknown, path: string][] = [[input, '']]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const [value, path] = next
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    for (const key of Object.getOwnPropertyNames(value)) {
      const at = path === '' ? key : `${path}.${key}`
      if (RESERVED.has(key)) found.push(at)
      waiting.push([Object.getOwnPropertyDescriptor(value, key)?.value, at])
    }
  }
  return found
}

/** @throws RouterError `invalid_config` with every problem found, one per line; `param` is the first one's key */
export const checkConfig = (input: unknown, where: string): Config => {
  const reserved = reservedKeys(input)
  const parsed = configSchema.safeParse(reserved.length > 0 ? null : input)
  const problems =
    reserved.length > 0
      ? reserved.map((key) => `${key}: this name is reserved, choose another`)
      : parsed.success
        ? danglingNames(withActionModels(parsed.data))
        : parsed.error.issues.flatMap(issuesWithin).map(describeIssue)
  if (parsed.success && problems.length === 0) return withActionModels(parsed.data)
  const param = /^[^\s:]+/.exec(problems[0] ?? '')?.[0]
  throw new RouterError('invalid_config', `${where} is not valid:\n  ${problems.join('\n  ')}`, {
    ...(param && { param }),
  })
}

const parseYaml = (text: string, where: string): unknown => {
  try {
    return parse(text)
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : 'unreadable'
    throw new RouterError('invalid_config', `${where} cannot be read as YAML: ${why}`, {
      cause: error,
    })
  }
}

const readFile = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unreadable'
    throw new RouterError('invalid_config', `${path} cannot be read: ${why}`, { cause: error })
  }
}

/** The text of a configuration with every default, and its version. */
export const describeConfig = (config: Config): Pick<LoadedConfig, 'text' | 'version'> => {
  const text = stringify(config)
  return { text, version: createHash('sha256').update(text).digest('hex').slice(0, 12) }
}

const overridden = (written: Config, { HOST, PORT }: Environment) => {
  if (!HOST && !PORT) return { config: written, written }
  const server = {
    ...written.server,
    ...(HOST ? { host: HOST } : {}),
    ...(PORT ? { port: Number(PORT) } : {}),
  }
  return { config: checkConfig({ ...written, server }, 'HOST or PORT in the environment'), written }
}

/** The configuration of the file, without overrides by the environment. */
export const writtenConfig = ({ config, written = config }: LoadedConfig): Config => written

/**
 * YAML (or JSON) → a checked configuration, with missing prices from the price book, and `HOST` and `PORT` applied.
 * @param where name of the source, for messages
 * @throws RouterError `invalid_config`
 */
export const readConfigText = (
  source: string,
  options: { where: string; path: string | null; env: Environment },
): LoadedConfig => {
  const { where, path, env } = options
  const config = withPrices(checkConfig(parseYaml(source, where), where))
  return { ...describeConfig(config), ...overridden(config, env), path, source }
}

/** Path of the file, if it exists: `SIGNALBOX_CONFIG`, else `signalbox.yaml` in `cwd`. */
export const configFilePath = ({
  env = process.env,
  cwd = process.cwd(),
}: ConfigPlace = {}): string => resolve(cwd, env.SIGNALBOX_CONFIG || 'signalbox.yaml')

/**
 * `SIGNALBOX_CONFIG`, else `signalbox.yaml` in `cwd`, else the embedded defaults; `HOST` and `PORT` override.
 * @throws RouterError `invalid_config`
 */
export const loadConfig = (place: ConfigPlace = {}): LoadedConfig => {
  const { env = process.env } = place
  const path = configFilePath(place)
  if (existsSync(path)) return readConfigText(readFile(path), { where: path, path, env })
  if (env.SIGNALBOX_CONFIG) {
    throw new RouterError('invalid_config', `SIGNALBOX_CONFIG names ${path}, which does not exist.`)
  }
  const config = withPrices(checkConfig(defaultConfig(env), 'The embedded configuration'))
  return { ...describeConfig(config), ...overridden(config, env), path: null }
}
