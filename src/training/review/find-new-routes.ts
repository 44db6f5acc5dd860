// Clusters of prompts that no route was made for, as routes to make. A cluster is known by any of its prompts: its id is
// that of its most typical one, and a ruling on an id holds for the cluster that holds that prompt.
import { createHash } from 'node:crypto'
import type { Config } from '../../config/config-schema.ts'
import type { Ruling } from '../../core/records/ruling.ts'
import type { Generation } from '../../vector-index/generation.ts'
import { textKey } from '../exemplars/exemplar-line.ts'
import { noveltyScale, type ProposedRoute, proposeRoutes } from './clusters/propose-routes.ts'
import { type JudgedPrompt, sentenceRows } from './past-prompts.ts'
import type { NewRouteItem } from './review-item.ts'
import { routeCentroids } from './route-centroids.ts'

export interface FindNewRoutesInput {
  prompts: readonly JudgedPrompt[]
  generation: Generation
  config: Config
  rulings: readonly Ruling[]
  limit: number
  /** Only the cluster with this prompt, ruled or not; null: all that are not ruled. */
  clusterWith: string | null
}

/** 12 hex digits for a prompt. */
export const promptHash = ({ digest }: Pick<JudgedPrompt, 'digest'>): string =>
  createHash('sha256').update(digest).digest('hex').slice(0, 12)

/** Prompts that are exemplars already belong to their route. */
const withoutExemplars = (
  prompts: readonly JudgedPrompt[],
  { exemplars }: Generation,
): JudgedPrompt[] => {
  const known = new Set(exemplars.map(({ text }) => textKey(text)))
  return prompts.filter(({ text }) => text === '' || !known.has(textKey(text)))
}

const listOf = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`

/** Of a route, by the words that its prompts share. */
export const describeWords = (words: readonly string[]): string =>
  words.length > 0
    ? `Prompts about ${listOf(words)}.`
    : 'Prompts of one kind; their texts are not stored.'

const toItem = (
  proposed: ProposedRoute,
  prompts: readonly JudgedPrompt[],
  routes: readonly string[],
): NewRouteItem => {
  const { members, exemplars, name, purity, nearestRoute } = proposed
  const medoid = prompts[members[0] as number] as JudgedPrompt
  const nearest = nearestRoute ? (routes[nearestRoute.route] ?? null) : null
  const beside = nearest
    ? `, farther from every route than from each other (nearest: ${nearest})`
    : ''
  return {
    id: `n_${promptHash(medoid)}`,
    kind: 'new_route',
    name,
    description: describeWords(proposed.words),
    prompts: members.length,
    purity,
    nearestRoute: nearest,
    why: `${members.length} past prompts lie close together${beside}; about ${Math.round(purity * 100)} % are of one kind.`,
    exemplars: exemplars.map((row) => {
      const { decisionId, text } = prompts[row] as JudgedPrompt
      return { decisionId, text: text === '' ? null : text }
    }),
  }
}

/** Routes to make, the largest first. */
export const findNewRoutes = (input: FindNewRoutesInput): NewRouteItem[] => {
  const { generation, config, clusterWith, limit } = input
  const { searchDimensions } = generation.manifest
  const prompts = withoutExemplars(input.prompts, generation)
  const rowsOf = (vectors: readonly Float32Array[]) => sentenceRows(vectors, searchDimensions)
  const width = generation.manifest.dimensions
  const centroids = routeCentroids(
    rowsOf(
      generation.exemplars.map((_, i) => generation.vectors.subarray(i * width, (i + 1) * width)),
    ),
    generation.exemplars.map(({ route }) => route),
  )
  const proposals = proposeRoutes({
    rows: rowsOf(prompts.map(({ embedding }) => embedding)),
    texts: prompts.map(({ text }) => text),
    novelty: prompts.map(({ novelty }) => novelty),
    isUnrouted: (row) => prompts[row]?.isUnrouted ?? false,
    scale: noveltyScale(generation.classifier.parameters.detectorBias !== undefined),
    routes: centroids.centroids,
    exemplarTexts: generation.exemplars.map(({ text }) => text),
    takenNames: [...Object.keys(config.routes), ...centroids.names, 'none', 'held-out'],
  })
  const ruled = new Set(
    input.rulings.flatMap(({ subject, subjectId }) => (subject === 'new_route' ? [subjectId] : [])),
  )
  const holds = (proposed: ProposedRoute, test: (hash: string) => boolean) =>
    proposed.members.some((row) => test(promptHash(prompts[row] as JudgedPrompt)))
  return proposals
    .filter((proposed) =>
      clusterWith === null
        ? !holds(proposed, (hash) => ruled.has(hash))
        : holds(proposed, (hash) => hash === clusterWith),
    )
    .slice(0, limit)
    .map((proposed) => toItem(proposed, prompts, centroids.names))
}
