// An accepted new route: its exemplars go into the training data, and the operator sees what signalbox.yaml lacks.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { Config } from '../../config/config-schema.ts'
import { routeNamePattern } from '../../config/schema/route-schema.ts'
import { type Exemplar, NONE_ROUTE } from '../../core/types.ts'
import { RouterError } from '../../errors.ts'
import { appendExemplars } from '../exemplars/append-exemplars.ts'
import { exemplarId, textKey } from '../exemplars/exemplar-line.ts'

/** What is read of the item of a new route. */
export interface RouteItem {
  description: string
  exemplars: { text: string | null }[]
}

export interface WrittenRoute {
  route: string
  file: string
  /** Exemplars written; those that the file had already are not written again. */
  exemplars: number
  /** Lines for signalbox.yaml, null where the route is configured. */
  yaml: string | null
}

const RESERVED = [NONE_ROUTE, 'held-out']

/** @throws RouterError `invalid_request` for a name that no new route may have */
const checkNewName = (name: string, config: Config): void => {
  const param = { param: 'route' }
  if (!routeNamePattern.test(name) || RESERVED.includes(name)) {
    throw new RouterError('invalid_request', `"${name}" cannot be the name of a route.`, param)
  }
  if (Object.hasOwn(config.routes, name)) {
    throw new RouterError(
      'invalid_request',
      `There is a route ${name} already. To give it these prompts, relabel the item with it; else choose another name.`,
      param,
    )
  }
}

/** `textKey` of each line of a route's file. */
const textsOf = async (file: string): Promise<Set<string>> => {
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const lines = content.split('\n').filter((line) => line.trim() !== '')
  return new Set(
    lines.flatMap((line) => {
      try {
        const { text } = JSON.parse(line) as { text?: unknown }
        return typeof text === 'string' ? [textKey(text)] : []
      } catch {
        return [] // a build names the line; here it only is no duplicate
      }
    }),
  )
}

const exemplarsOf = (item: RouteItem, route: string): Exemplar[] => {
  const byText = new Map<string, Exemplar>()
  for (const { text } of item.exemplars) {
    if (text === null || text.trim() === '') continue
    const id = exemplarId({ route, text })
    byText.set(textKey(text), { id, text, route, source: 'feedback' })
  }
  if (byText.size > 0) return [...byText.values()]
  throw new RouterError(
    'invalid_exemplar',
    'The texts of these prompts are not stored (storage.store_text), so no exemplars can be made of them; write some by hand: signalbox add.',
  )
}

const yamlFor = (item: RouteItem, route: string, config: Config): string => {
  const models = config.routes[config.default_route]?.models ?? []
  return stringify({ routes: { [route]: { description: item.description, models } } })
}

const write = async (
  dir: string,
  { item, route, known }: { item: RouteItem; route: string; known: ReadonlySet<string> },
): Promise<number> => {
  const fresh = exemplarsOf(item, route).filter(({ text }) => !known.has(textKey(text)))
  if (fresh.length > 0) await appendExemplars(dir, fresh)
  return fresh.length
}

/**
 * Writes training-data/<route>.jsonl for a route that is not configured yet.
 * @throws RouterError `invalid_request` for a name that is taken, `invalid_exemplar` without texts; nothing is written then
 */
export const writeNewRoute = async (
  dir: string,
  { item, route, config }: { item: RouteItem; route: string; config: Config },
): Promise<WrittenRoute> => {
  checkNewName(route, config)
  const file = join(dir, `${route}.jsonl`)
  const known = await textsOf(file)
  const isOwn = item.exemplars.some(({ text }) => text !== null && known.has(textKey(text)))
  if (known.size > 0 && !isOwn) {
    throw new RouterError(
      'invalid_request',
      `The training data has a file ${route}.jsonl with other prompts; choose another name.`,
      { param: 'route' },
    )
  }
  const exemplars = await write(dir, { item, route, known })
  return { route, file, exemplars, yaml: yamlFor(item, route, config) }
}

/** Adds the item's exemplars to a route that is configured, or to `none`. @throws RouterError `invalid_exemplar` */
export const addToRoute = async (
  dir: string,
  { item, route }: { item: RouteItem; route: string },
): Promise<WrittenRoute> => {
  const file = join(dir, `${route}.jsonl`)
  const exemplars = await write(dir, { item, route, known: await textsOf(file) })
  return { route, file, exemplars, yaml: null }
}
