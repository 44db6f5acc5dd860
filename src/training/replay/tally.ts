// What a replay found, counted row by row: changes, moves, fixes and regressions, and the exemplars that are hubs.

import { mcnemar } from '../../core/statistics/mcnemar.ts'
import type { FixesAndBreaks, ReplayReport } from '../reports/gate-report.ts'

/** One decision, as it was and as it is now. */
export interface Replayed {
  decisionId: string
  text: string | null
  from: string
  to: string
  /** Whether it was right then and would be now; null where nobody said what is right. */
  judged: { was: boolean; is: boolean; isHeldOut: boolean } | null
  /** The same for the same prompt. */
  promptKey: string
  /** Nearest exemplar; null where there is none. */
  nearest: { exemplarId: string; route: string; similarity: number } | null
}

export interface HubCount {
  exemplarId: string
  route: string
  prompts: number
}

/** Which exemplars are nearest to how many different prompts; twins of an exemplar are not counted for it. */
export interface HubCounts {
  prompts: number
  hubs: HubCount[]
}

export interface Tally {
  add(row: Replayed): void
  hubCounts(): HubCounts
  report(): Omit<ReplayReport, 'generation' | 'skipped' | 'sinceMs' | 'durationMs' | 'withoutText'>
}

const MOST_EXAMPLES = 50
const MOST_HUBS = 10
/** From here on a prompt is the exemplar itself: that it is the nearest says nothing against it. */
const TWIN = 0.999

const createPairs = () => {
  const counts = { rows: 0, fixes: 0, breaks: 0 }
  return {
    add: ({ was, is }: { was: boolean; is: boolean }) => {
      counts.rows++
      if (!was && is) counts.fixes++
      if (was && !is) counts.breaks++
    },
    result: (): FixesAndBreaks => ({
      ...counts,
      pValue: mcnemar(counts.breaks, counts.fixes).pValue,
    }),
  }
}

/** Different prompts only: one that is sent every minute makes no hub. */
const createHubs = () => {
  const seen = new Set<string>()
  const counts = new Map<string, HubCount>()
  return {
    add: ({ promptKey, nearest }: Replayed) => {
      if (nearest === null || seen.has(promptKey)) return
      seen.add(promptKey)
      if (nearest.similarity >= TWIN) return
      const { exemplarId, route } = nearest
      const hub = counts.get(exemplarId) ?? { exemplarId, route, prompts: 0 }
      counts.set(exemplarId, { ...hub, prompts: hub.prompts + 1 })
    },
    result: (): HubCounts => ({
      prompts: seen.size,
      hubs: [...counts.values()].sort(
        (a, b) => b.prompts - a.prompts || (a.exemplarId < b.exemplarId ? -1 : 1),
      ),
    }),
  }
}

const createMoves = () => {
  const counts = new Map<string, { from: string; to: string; decisions: number }>()
  return {
    add: ({ from, to }: Replayed) => {
      const key = JSON.stringify([from, to])
      const move = counts.get(key) ?? { from, to, decisions: 0 }
      counts.set(key, { ...move, decisions: move.decisions + 1 })
    },
    result: () =>
      [...counts.values()].sort(
        (a, b) => b.decisions - a.decisions || (`${a.from} ${a.to}` < `${b.from} ${b.to}` ? -1 : 1),
      ),
  }
}

/** Rows are added the newest first. */
export const createTally = (): Tally => {
  const [voted, heldOut, hubs, moves] = [createPairs(), createPairs(), createHubs(), createMoves()]
  const examples: ReplayReport['examples'] = []
  let replayed = 0
  let changed = 0
  return {
    add: (row) => {
      const { decisionId, from, to, text, judged } = row
      replayed++
      hubs.add(row)
      if (judged) voted.add(judged)
      if (judged?.isHeldOut) heldOut.add(judged)
      if (from === to) return
      changed++
      moves.add(row)
      if (examples.length < MOST_EXAMPLES) examples.push({ decisionId, from, to, text })
    },
    hubCounts: hubs.result,
    report: () => {
      const { prompts, hubs: counted } = hubs.result()
      return {
        replayed,
        changed,
        changedShare: replayed === 0 ? 0 : changed / replayed,
        moves: moves.result(),
        voted: voted.result(),
        heldOut: heldOut.result(),
        hubs: counted.slice(0, MOST_HUBS).map(({ exemplarId, route, prompts: near }) => ({
          exemplarId,
          route,
          share: near / prompts,
        })),
        examples,
      }
    },
  }
}
