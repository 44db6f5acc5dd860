// Candidates that the last build put before a person: from its report, without those that were ruled since.
import type { Ruling } from '../../core/records/ruling.ts'
import { listReports, readReport } from '../generations/generation-report.ts'
import type { ReportedCandidate } from '../reports/build-report.ts'
import type { CandidateItem } from './review-item.ts'

/** What waits according to the newest report that can be read. */
export const readQueued = async (indexDir: string): Promise<ReportedCandidate[]> => {
  for (const number of (await listReports(indexDir)).reverse()) {
    const report = await readReport(indexDir, number)
    if (report) return report.queued
  }
  return []
}

export const findCandidates = (
  queued: readonly ReportedCandidate[],
  rulings: readonly Ruling[],
  limit: number,
): CandidateItem[] => {
  const ruled = new Set(
    rulings.flatMap(({ subject, subjectId }) => (subject === 'candidate' ? [subjectId] : [])),
  )
  return queued
    .filter(({ exemplarId }) => !ruled.has(exemplarId))
    .slice(0, limit)
    .map(({ exemplarId, text, route, decisionIds, reason }) => ({
      id: `c_${exemplarId}`,
      kind: 'candidate',
      exemplarId,
      text: text || null,
      route,
      decisionIds,
      why: reason ?? 'The last build left it to a person.',
    }))
}
