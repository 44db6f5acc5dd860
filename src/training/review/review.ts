// The review queue's two functions, the same for the terminal and the API: what waits, and what a person says of it. Finding
// is done in a process of its own; rulings are single writes.

import { existsSync } from 'node:fs'
import type { Config } from '../../config/config-schema.ts'
import type { DataPaths } from '../../config/data-paths.ts'
import { unknownRoute } from '../../core/suggest.ts'
import { NONE_ROUTE } from '../../core/types.ts'
import { RouterError } from '../../errors.ts'
import { createInTurn } from '../../jobs/in-turn.ts'
import type { Store } from '../../store/store.ts'
import { currentGeneration } from '../../vector-index/generation-store.ts'
import { type ChosenRoute, writeChosen } from './chosen-route.ts'
import { readQueued } from './find-candidates.ts'
import { addToRoute, type WrittenRoute, writeNewRoute } from './new-route.ts'
import {
  type NewRouteItem,
  REVIEW_KINDS,
  type ReviewAction,
  type ReviewKind,
  type ReviewList,
} from './review-item.ts'
import { type ReviewJob, runReview } from './review-job.ts'

export interface ReviewQuery {
  /** Most items of each kind; default 10. */
  limit?: number
  /** Default: all. */
  kind?: ReviewKind
}

export interface RulingRequest {
  /** Of the item. */
  id: string
  action: ReviewAction
  /** Of `relabel`; of an accepted new route: a name other than the proposed one. */
  route?: string
  note?: string
  /** Who says so. */
  author: string
}

export interface RulingResult {
  id: string
  action: ReviewAction
  route: string | null
  /** What was done, and what is left to do, in a sentence or two. */
  message: string
  /** Of an accepted new route that signalbox.yaml lacks: the lines to add. */
  yaml: string | null
}

export interface Review {
  /** @throws RouterError `index_invalid`, `store_unavailable`, or the signal's reason */
  list(query: ReviewQuery, signal?: AbortSignal): Promise<ReviewList>
  /**
   * Resolves once it is on disk.
   * @throws RouterError `not_found`, `decision_not_found`, `route_not_found`, `invalid_request`, `invalid_exemplar`
   */
  rule(request: RulingRequest, signal?: AbortSignal): Promise<RulingResult>
  /** Writes prompts that a person chose as a new route. @throws RouterError `invalid_request`, `invalid_exemplar` */
  addRoute(chosen: ChosenRoute): Promise<Pick<RulingResult, 'route' | 'message' | 'yaml'>>
}

export interface ReviewOptions {
  /** Configuration that serves now. */
  config: () => Config
  paths: Pick<DataPaths, 'index' | 'database' | 'trainingData'>
  store: Pick<Store, 'getDecision' | 'addFeedback' | 'addRuling' | 'flush'>
  /** uuid v7. */
  newId: () => string
  /** Epoch milliseconds. */
  now: () => number
  /** Stands in for the child process. */
  find?: typeof runReview
}

export const DEFAULT_LIMIT = 10
const MAX_LIMIT = 200
const PREFIXES = { d: 'decision', c: 'candidate', n: 'new_route' } as const
const AFTER_BUILD = 'It counts from the next build on.'

const noItem = (id: string): RouterError =>
  new RouterError('not_found', `There is no review item ${id}; list them again.`)

/** `d_0198…` → its kind and the subject's id. @throws RouterError `not_found` */
const parseId = (id: string): { subject: ReviewKind; subjectId: string } => {
  const subject = id[1] === '_' ? PREFIXES[id[0] as keyof typeof PREFIXES] : undefined
  const subjectId = id.slice(2)
  if (subject === undefined || subjectId === '') throw noItem(id)
  return { subject, subjectId }
}

/** The route of a relabelling. @throws RouterError `invalid_request`, `route_not_found` */
const routeOf = ({ route }: RulingRequest, config: Config): string => {
  if (route === undefined) {
    throw new RouterError('invalid_request', 'A relabelling needs a route.', { param: 'route' })
  }
  const known = [...Object.keys(config.routes), NONE_ROUTE]
  if (known.includes(route)) return route
  throw new RouterError('route_not_found', unknownRoute(route, known), { param: 'route' })
}

/** What a ruling did, before it is noted. */
type Done = Pick<RulingResult, 'route' | 'message' | 'yaml'>

const plain = (route: string | null, message: string): Done => ({ route, message, yaml: null })

const ruleDecision = async (
  { store, config, newId, now }: ReviewOptions,
  request: RulingRequest,
  decisionId: string,
): Promise<Done> => {
  const decision = await store.getDecision(decisionId)
  if (!decision) throw noItem(request.id)
  if (request.action === 'reject') return plain(null, 'It is not shown again.')
  const correctRoute = request.action === 'relabel' ? routeOf(request, config()) : null
  const isRight = correctRoute === null || correctRoute === decision.route
  await store.addFeedback({
    id: newId(),
    decisionId,
    principal: `review:${request.author}`,
    verdict: isRight ? 'good' : 'bad',
    correctRoute: isRight ? null : correctRoute,
    score: null,
    comment: request.note ?? null,
    source: 'review',
    implicitKind: null,
    createdAtMs: now(),
  })
  const said = isRight
    ? `${decision.route} was right.`
    : `It belongs to ${correctRoute}, not ${decision.route}.`
  return plain(correctRoute, `${said} ${AFTER_BUILD}`)
}

const ruleCandidate = async (
  { paths, config }: ReviewOptions,
  request: RulingRequest,
  exemplarId: string,
): Promise<Done> => {
  const candidate = (await readQueued(paths.index)).find((c) => c.exemplarId === exemplarId)
  if (!candidate) throw noItem(request.id)
  if (request.action === 'reject') return plain(null, `It is left out. ${AFTER_BUILD}`)
  const route = request.action === 'relabel' ? routeOf(request, config()) : candidate.route
  return plain(route, `It becomes an exemplar of ${route}. ${AFTER_BUILD}`)
}

const describeWritten = ({ route, exemplars, file, yaml }: WrittenRoute): string => {
  const lines = `${exemplars} ${exemplars === 1 ? 'exemplar' : 'exemplars'} of ${route} written to ${file}.`
  return yaml === null
    ? `${lines} They count from the next build on.`
    : `${lines} Add the route to signalbox.yaml before the next build, which else refuses the file.`
}

const plainWritten = (written: WrittenRoute): Done => ({
  route: written.route,
  message: describeWritten(written),
  yaml: written.yaml,
})

const ruleNewRoute = async (
  { paths, config }: ReviewOptions,
  request: RulingRequest,
  item: NewRouteItem,
): Promise<Done> => {
  const { action } = request
  if (action === 'reject') return plain(null, 'These prompts are not offered as a route again.')
  const written =
    action === 'relabel'
      ? await addToRoute(paths.trainingData, { item, route: routeOf(request, config()) })
      : await writeNewRoute(paths.trainingData, {
          item,
          route: request.route ?? item.name,
          config: config(),
        })
  return plainWritten(written)
}

/** Finds what waits, one search at a time: each takes a core for seconds. */
const createSearch = (options: ReviewOptions) => {
  const { store, paths, find = runReview } = options
  const inTurn = createInTurn()
  return async (
    wish: Pick<ReviewJob, 'limit' | 'kinds' | 'clusterWith'>,
    signal?: AbortSignal,
  ): Promise<ReviewList> => {
    // The child must not make a database, nor miss what waits in this process.
    if (!existsSync(paths.database)) return { items: [], decisions: 0, generation: null }
    await store.flush()
    const generation = await currentGeneration(paths.index)
    const place = { databaseFile: paths.database, indexDir: paths.index, config: options.config() }
    return inTurn(() => {
      signal?.throwIfAborted()
      return find({ ...place, generation, ...wish }, signal && { signal })
    })
  }
}

export const createReview = (options: ReviewOptions): Review => {
  const { store, newId, now } = options
  const search = createSearch(options)
  const clusterOf = async (hash: string, signal?: AbortSignal): Promise<NewRouteItem> => {
    const wish = { limit: 1, kinds: ['new_route' as const], clusterWith: hash }
    const [item] = (await search(wish, signal)).items
    if (item?.kind !== 'new_route') throw noItem(`n_${hash}`)
    return item
  }
  return {
    addRoute: async (chosen) => {
      const written = await writeChosen(options.paths.trainingData, chosen, options.config())
      return plainWritten(written)
    },
    list: ({ limit = DEFAULT_LIMIT, kind }, signal) => {
      const kinds = kind ? [kind] : [...REVIEW_KINDS]
      return search({ limit: Math.min(limit, MAX_LIMIT), kinds, clusterWith: null }, signal)
    },
    rule: async (request, signal) => {
      const { id, action, author, note = null } = request
      const { subject, subjectId } = parseId(id)
      const done = await {
        decision: () => ruleDecision(options, request, subjectId),
        candidate: () => ruleCandidate(options, request, subjectId),
        new_route: async () => ruleNewRoute(options, request, await clusterOf(subjectId, signal)),
      }[subject]()
      const ruling = { subject, subjectId, action, route: done.route, author, note }
      await store.addRuling({ id: newId(), ...ruling, createdAtMs: now() })
      return { id, action, ...done }
    },
  }
}
