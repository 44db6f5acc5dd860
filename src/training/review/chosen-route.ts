// Prompts that a person chose together → a new route: named as found clusters are, written as accepted ones are.
import type { Config } from '../../config/config-schema.ts'
import { nameCluster } from './clusters/name-cluster.ts'
import { freeName } from './clusters/route-name.ts'
import { describeWords } from './find-new-routes.ts'
import { type WrittenRoute, writeNewRoute } from './new-route.ts'

export interface NameQuery {
  texts: readonly string[]
  /** Of other prompts, to tell which words are common. */
  others: readonly string[]
  takenNames: Iterable<string>
}

/** A name that is free, and a sentence. */
export const nameChosen = ({ texts, others, takenNames }: NameQuery) => {
  const { name, words } = nameCluster(texts, others)
  return {
    name: freeName(name ?? 'new_route', new Set([...takenNames, 'none', 'held-out'])),
    description: describeWords(words),
  }
}

export interface ChosenRoute {
  route: string
  description: string
  texts: readonly string[]
}

/** @throws RouterError `invalid_request` for a name that is taken, `invalid_exemplar` without texts; nothing is written then */
export const writeChosen = (
  dir: string,
  { route, description, texts }: ChosenRoute,
  config: Config,
): Promise<WrittenRoute> =>
  writeNewRoute(dir, {
    item: { description, exemplars: texts.map((text) => ({ text })) },
    route,
    config,
  })
