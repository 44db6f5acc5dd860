// The review queue: what a person could settle now, of each kind the most useful first.
import type { Store } from '../../store/store.ts'
import { openGeneration } from '../../vector-index/open-generation.ts'
import { findCandidates, readQueued } from './find-candidates.ts'
import { findDecisions } from './find-decisions.ts'
import { findNewRoutes } from './find-new-routes.ts'
import { judgePrompts, readPastPrompts } from './past-prompts.ts'
import type { ReviewItem, ReviewList } from './review-item.ts'
import type { ReviewJob } from './review-job.ts'

type ReviewStore = Pick<Store, 'listDecisions' | 'listFeedback' | 'listRulings'>

/** Candidates first (they hold a build back), then new routes, then decisions. @throws RouterError `index_invalid`, `store_unavailable` */
export const findItems = async (job: ReviewJob, store: ReviewStore): Promise<ReviewList> => {
  const { config, limit, kinds, clusterWith } = job
  const rulings = await store.listRulings()
  const items: ReviewItem[] = []
  if (kinds.includes('candidate')) {
    items.push(...findCandidates(await readQueued(job.indexDir), rulings, limit))
  }
  const isOfPrompts = kinds.includes('new_route') || kinds.includes('decision')
  if (job.generation === null || !isOfPrompts) {
    return { items, decisions: 0, generation: job.generation }
  }
  const generation = await openGeneration(job.indexDir, job.generation)
  const prompts = judgePrompts(await readPastPrompts(store, generation), generation, config)
  const given = { prompts, generation, config, rulings, limit }
  if (kinds.includes('new_route')) items.push(...findNewRoutes({ ...given, clusterWith }))
  if (kinds.includes('decision')) {
    items.push(...findDecisions({ ...given, feedback: await store.listFeedback() }))
  }
  return { items, decisions: prompts.length, generation: job.generation }
}
