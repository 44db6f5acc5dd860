// Checks for a poisoning attack by votes: many near-duplicate new exemplars in a region that belonged to other routes.

import type { GateCheck } from '../../reports/gate-report.ts'
import type { Additions, Cluster } from './additions.ts'
import { count, counted, listed } from './wording.ts'

const LARGE = 20
const MOST_NAMED = 3

const isPush = ({ size, contradicts }: Cluster): boolean => size >= LARGE && contradicts.length > 0

const describe = ({ route, source, size, exemplarId, contradicts }: Cluster): string =>
  `${counted(size, 'exemplar')} for ${route} from ${source} (one is ${exemplarId}), where ${listed(contradicts.slice(0, MOST_NAMED))} stood before`

const noteOf = ({ clusters, loners }: Additions): string => {
  const [largest] = clusters
  const notes: string[] = []
  if (largest && largest.size >= LARGE) {
    notes.push(
      `${counted(largest.size, 'near-duplicate')} for ${largest.route} (one is ${largest.exemplarId}) contradict nobody`,
    )
  }
  const [loner] = loners
  if (loner) {
    notes.push(
      `${count(loners.length)} of them ${loners.length === 1 ? 'stands' : 'stand'} among another route's only, such as ${loner.exemplarId} of ${loner.route} among ${loner.among}`,
    )
  }
  return notes.length === 0 ? '' : ` Worth a look: ${notes.join('; ')}.`
}

/** @param added number of exemplars that only the candidate has @param removed number that only the serving generation has */
export const checkAdditions = (
  found: Additions,
  { added, removed }: { added: number; removed: number },
): GateCheck => {
  const pushes = found.clusters.filter(isPush)
  const figures = {
    added,
    removed,
    clusters: found.clusters.length,
    largest: found.clusters[0]?.size ?? 0,
    pushes: pushes.length,
    loners: found.loners.length,
  }
  const counts = `${counted(added, 'exemplar')} ${added === 1 ? 'is' : 'are'} new, ${count(removed)} gone.`
  if (pushes.length === 0) {
    const summary = `${counts}${noteOf(found)}`
    return { name: 'additions', verdict: 'passed', summary, figures }
  }
  const named = pushes.slice(0, MOST_NAMED).map(describe)
  const more =
    pushes.length > named.length ? `; and ${pushes.length - named.length} more groups` : ''
  return {
    name: 'additions',
    verdict: 'failed',
    summary: `${counts} Near-duplicates push into other routes: ${named.join('; ')}${more}.`,
    figures,
  }
}
