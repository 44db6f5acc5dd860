// Edits the text of the existing file so that it is equivalent to another version, keeping comments and order: only differing keys are
// edited. Where that is not possible, the version's own text is used.
import { type Document, isMap, isScalar, type Pair, parse, parseDocument } from 'yaml'
import type { ConfigActivation, ConfigVersion } from '../core/records/config-version.ts'
import { RouterError } from '../errors.ts'
import type { Config } from './config-schema.ts'
import { type ConfigChange, diffConfigs } from './diff-configs.ts'
import { type LoadedConfig, readConfigText, writtenConfig } from './load-config.ts'

const hasIn = (value: unknown, keys: readonly string[]): boolean => {
  if (keys.length === 0) return true
  const [first = '', ...rest] = keys
  const hasFirst = typeof value === 'object' && value !== null && Object.hasOwn(value, first)
  return hasFirst && hasIn((value as Record<string, unknown>)[first], rest)
}

/** The shortest prefix of a path that `wanted` lacks: with the last key of a route the route is removed, too. */
const missingIn = (wanted: unknown, keys: string[]): string[] =>
  keys.slice(0, keys.findIndex((_, i) => !hasIn(wanted, keys.slice(0, i + 1))) + 1)

/** Puts names in the order of `wanted`, which is part of a version. The order of other keys does not matter. */
const reorder = (document: Document, wanted: Config): void => {
  for (const list of ['providers', 'models', 'routes'] as const) {
    const map = document.get(list)
    if (!isMap(map)) continue
    const order = Object.keys(wanted[list])
    const at = ({ key }: Pair): number => order.indexOf(String(isScalar(key) ? key.value : key))
    map.items.sort((a, b) => at(a) - at(b))
  }
}

const edited = (source: string, changes: readonly ConfigChange[], wanted: Config): string => {
  const document = parseDocument(source)
  for (const { keys, kind, after } of changes) {
    if (kind === 'removed') document.deleteIn(missingIn(wanted, keys))
    else document.setIn(keys, document.createNode(after))
  }
  reorder(document, wanted)
  return document.toString({ lineWidth: 0 })
}

const editedTo = (wanted: LoadedConfig, now: LoadedConfig): string | null => {
  if (now.source === undefined) return null
  const changes = diffConfigs(writtenConfig(now), writtenConfig(wanted))
  try {
    const text = edited(now.source, changes, writtenConfig(wanted))
    const { version } = readConfigText(text, { where: '', path: null, env: {} })
    return version === wanted.version ? text : null
  } catch {
    // There is an anchor or alias where a key would be edited.
    return null
  }
}

/**
 * The existing file, edited so that it is equivalent to another text.
 * @param to YAML, e.g. of an earlier version
 * @param now the current file
 * @throws RouterError `invalid_config` where `to` is not (or no longer) valid
 */
export const editedSource = (to: string, now: LoadedConfig): string => {
  const wanted = readConfigText(to, { where: 'The configuration', path: null, env: {} })
  return editedTo(wanted, now) ?? wanted.text
}

/** Finds a version by the beginning of its hash. @throws RouterError `not_found` for none or several */
export const findVersion = (versions: readonly ConfigVersion[], prefix: string): ConfigVersion => {
  const found = versions.filter(({ hash }) => hash.startsWith(prefix))
  const [version] = found
  if (version && found.length === 1) return version
  const exact = found.find(({ hash }) => hash === prefix)
  if (exact) return exact
  const message =
    found.length > 1
      ? `${found.length} versions begin with ${prefix}: ${found.map(({ hash }) => hash).join(', ')}.`
      : `No configuration that served has the version ${prefix}; signalbox config history and GET /admin/config/versions list them.`
  throw new RouterError('not_found', message, { param: 'to' })
}

/**
 * The hash of the configuration that served before `now`. @param activations newest first
 * @throws RouterError `not_found` where no other ever served
 */
export const versionBefore = (activations: readonly ConfigActivation[], now: string): string => {
  const at = activations.findIndex(({ hash }) => hash === now)
  const before = activations.slice(Math.max(0, at)).find(({ hash }) => hash !== now)
  if (before) return before.hash
  throw new RouterError('not_found', `No other configuration than ${now} has served here.`, {
    param: 'to',
  })
}

/** Parses a stored text for comparison; not checked, so that old versions can still be read. */
export const parseVersion = (text: string): unknown => parse(text)
