// Checks for new hubs: exemplars that are the nearest of very many different prompts. In high-dimensional spaces a few points are
// near to all others (Radovanović et al. 2010), which an adversary can exploit.

import { percent } from '../../../core/statistics/percent.ts'
import type { GateCheck } from '../../reports/gate-report.ts'
import { counted, listed } from './wording.ts'

export interface HubsInput {
  /** Number of distinct prompts, and for how many of them each exemplar is the nearest. */
  prompts: number
  hubs: readonly { exemplarId: string; route: string; prompts: number }[]
  /** Whether the serving generation does not have it. */
  isNew: (exemplarId: string) => boolean
  /** Number of exemplars of the candidate. */
  exemplars: number
  /** Kind of the prompts, for the summary: `replayed` or `held-out`. */
  kind: string
}

/** Least number of prompts for the check, and least number of nearest prompts for a hub. */
const LEAST_PROMPTS = 50
const LEAST_NEAREST = 10
/** Multiple of the mean share that a hub must exceed: in a small index every exemplar is the nearest of many prompts. */
const FAIR_SHARES = 10
const MOST_NAMED = 3

/** @param maxShare of the prompts, 0 to 1 */
export const checkHubs = (input: HubsInput, maxShare: number): GateCheck => {
  const { prompts, hubs, kind, exemplars } = input
  if (prompts < LEAST_PROMPTS) {
    const summary = `Nearest exemplars are known for ${counted(prompts, 'prompt')} only; ${LEAST_PROMPTS} are needed.`
    return { name: 'hubs', verdict: 'skipped', summary, figures: { prompts } }
  }
  const limit = Math.max(maxShare, FAIR_SHARES / Math.max(1, exemplars))
  const added = hubs
    .filter(({ exemplarId }) => input.isNew(exemplarId))
    .sort((a, b) => b.prompts - a.prompts)
  const found = added.filter((hub) => hub.prompts >= LEAST_NEAREST && hub.prompts / prompts > limit)
  const named = found
    .slice(0, MOST_NAMED)
    .map((hub) => `${hub.exemplarId} of ${hub.route} (${percent(hub.prompts / prompts)})`)
  const most = (added[0]?.prompts ?? 0) / prompts
  return {
    name: 'hubs',
    verdict: found.length > 0 ? 'failed' : 'passed',
    summary:
      found.length > 0
        ? `New exemplars are the nearest of more than ${percent(limit)} of ${counted(prompts, `${kind} prompt`)}: ${listed(named)}.`
        : `No new exemplar is the nearest of more than ${percent(most)} of ${counted(prompts, `${kind} prompt`)}.`,
    figures: { prompts, largestShare: most, limit, hubs: found.length },
  }
}
