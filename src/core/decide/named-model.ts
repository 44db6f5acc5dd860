// Resolves the name that a client sends as `model`: a configured alias, or the rule for vendors' model names that are not
// configured.
import { isVendorName } from './vendor-name.ts'

export interface ModelNames {
  routes: object
  models: object
  default_route: string
  /** Name or pattern with `*` → `auto`, `route:NAME` or a configured model id. */
  aliases: Readonly<Record<string, string>>
  unknown_model: 'refuse' | 'auto' | 'default'
}

export interface NamedModel {
  /** `auto`, `route:NAME` or a configured model id; an unknown name is returned unchanged and refused later. */
  model: string
  /** The alias or configuration key that was applied; null where the name is used as it is. */
  rule: string | null
}

/** @param isRouted false where unconfigured names must not be routed: embeddings of different models do not mix */
export type NameModel = (name: string, isRouted?: boolean) => NamedModel

type Matcher = (name: string) => boolean

/** `*` matches any characters. The parts are searched one after the other, in time linear in the name. */
const matcherOf = (pattern: string): Matcher => {
  const [first = '', ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return (name) => name === pattern
  return (name) => {
    if (!name.startsWith(first)) return false
    let at = first.length
    for (const part of rest) {
      const found = name.indexOf(part, at)
      if (found < 0) return false
      at = found + part.length
    }
    return name.length - last.length >= at && name.endsWith(last)
  }
}

/** Exact names take precedence over patterns; patterns apply in their configured order. */
const createFindAlias = (aliases: ModelNames['aliases']) => {
  const patterns = Object.keys(aliases)
    .filter((name) => name.includes('*'))
    .map((pattern) => ({ pattern, matches: matcherOf(pattern) }))
  return (name: string): string | null => {
    if (Object.hasOwn(aliases, name)) return name
    return patterns.find(({ matches }) => matches(name))?.pattern ?? null
  }
}

export const createNameModel = (names: ModelNames): NameModel => {
  const { aliases, unknown_model: unknown, default_route: defaultRoute } = names
  const findAlias = createFindAlias(aliases)
  return (name, isRouted = true) => {
    const isOurs = name === 'auto' || name.startsWith('route:') || Object.hasOwn(names.models, name)
    if (isOurs) return { model: name, rule: null }
    const alias = findAlias(name)
    if (alias !== null) return { model: aliases[alias] as string, rule: alias }
    if (!isRouted || unknown === 'refuse' || !isVendorName(name)) return { model: name, rule: null }
    return { model: unknown === 'auto' ? 'auto' : `route:${defaultRoute}`, rule: 'unknown_model' }
  }
}
