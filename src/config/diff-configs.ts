// Two configurations → the keys that differ, each by its path. A list is one value, because its order matters.
import { isDeepStrictEqual } from 'node:util'

export interface ConfigChange {
  /** `routes.code.threshold`; keys with special characters are in brackets and quotes. */
  path: string
  /** The same in parts. */
  keys: string[]
  kind: 'added' | 'removed' | 'changed'
  /** Null where it was added. */
  before: unknown
  /** Null where it was removed. */
  after: unknown
}

interface Leaf {
  keys: string[]
  value: unknown
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** All values that are not maps, and empty maps, in their order. */
const leavesOf = (value: unknown, keys: string[] = []): Leaf[] => {
  if (!isMap(value)) return [{ keys, value }]
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined)
  if (entries.length === 0) return [{ keys, value }]
  return entries.flatMap(([key, inner]) => leavesOf(inner, [...keys, key]))
}

/** `['models', 'gpt-4.1', 'name']` → `models["gpt-4.1"].name`. */
export const pathOf = (keys: readonly string[]): string =>
  keys
    .map((key, i) => {
      if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`
      return i === 0 ? key : `.${key}`
    })
    .join('')

/** In the order of `after`, followed by keys that only `before` has. */
export const diffConfigs = (before: unknown, after: unknown): ConfigChange[] => {
  const leaves = (config: unknown) =>
    new Map(leavesOf(config).map((leaf) => [JSON.stringify(leaf.keys), leaf]))
  const old = leaves(before)
  const young = leaves(after)
  const changes: ConfigChange[] = []
  for (const [id, { keys, value }] of young) {
    const was = old.get(id)
    if (was && isDeepStrictEqual(was.value, value)) continue
    const kind = was ? 'changed' : 'added'
    changes.push({ path: pathOf(keys), keys, kind, before: was?.value ?? null, after: value })
  }
  for (const [id, { keys, value }] of old) {
    if (!young.has(id)) {
      changes.push({ path: pathOf(keys), keys, kind: 'removed', before: value, after: null })
    }
  }
  return changes
}

/** As a unified diff by key: `- path: before`, `+ path: after`. */
export const diffLines = (changes: readonly ConfigChange[]): string[] =>
  changes.flatMap(({ path, kind, before, after }) => [
    ...(kind === 'added' ? [] : [`- ${path}: ${JSON.stringify(before)}`]),
    ...(kind === 'removed' ? [] : [`+ ${path}: ${JSON.stringify(after)}`]),
  ])
