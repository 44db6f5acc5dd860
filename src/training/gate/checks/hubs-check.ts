// Has a new exemplar become the nearest of prompts from everywhere? In spaces of many dimensions a few points are near to
// all (Radovanović et al. 2010); an adversary looks for one of them.
import type { GateCheck } from '../../reports/gate-report.ts'
import { counted, listed, percent } from './wording.ts'

export interface HubsInput {
  /** Different prompts that were looked at, and for how many of them each exemplar is the nearest. */
  prompts: number
  hubs: readonly { exemplarId: string; route: string; prompts: number }[]
  /** Whether the serving generation does not hold it. */
  isNew: (exemplarId: string) => boolean
  /** Exemplars of the candidate. */
  exemplars: number
  /** What the prompts are, for the summary: `replayed` or `held-out`. */
  kind: string
}

/** On fewer prompts a share says nothing; and one topic's worth of prompts makes no hub. */
const LEAST_PROMPTS = 50
const LEAST_NEAREST = 10
/** Among forty exemplars each is the nearest of many: that is no hub before it has this many times its fair share. */
const FAIR_SHARES = 10
const MOST_NAMED = 3

/** @param maxShare of the prompts, 0 to 1 */
export const checkHubs = (input: HubsInput, maxShare: number): GateCheck => {
  const { prompts, hubs, kind, exemplars } = input
  if (prompts < LEAST_PROMPTS) {
    const summary = `Nearness was looked at for ${counted(prompts, 'prompt')} only; ${LEAST_PROMPTS} are needed.`
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
