import type { RebuildReport } from '../../src/training/rebuild/rebuild.ts'
import { gateReport } from './gate-reports.ts'

/** A rebuild that took one correction, passed the gate and serves. */
export const rebuildReport = (changes: Partial<RebuildReport> = {}): RebuildReport => ({
  generation: 2,
  parent: 1,
  current: 2,
  outcome: 'promoted',
  reason: 'It passed the gate against generation 1.',
  gate: gateReport(true),
  exemplars: 22,
  routes: { code: 22 },
  fromFeedback: {
    accepted: [
      {
        exemplarId: 'fb_1',
        route: 'code',
        text: 'my loop',
        decisionIds: ['d1'],
        reason: 'Corrected by 1 vote.',
      },
    ],
    rejected: [{ decisionId: 'd2', reason: 'No route.' }],
  },
  confirmed: 0,
  queued: [],
  quarantined: [],
  recallAt10: 1,
  search: 'exact',
  heldOut: { rows: 3, accuracy: 1 },
  leftOut: null,
  library: null,
  outcomes: null,
  embedded: 0,
  reused: 47,
  durationMs: 1_234,
  unchanged: false,
  removed: [],
  holdsForgotten: false,
  ...changes,
})
