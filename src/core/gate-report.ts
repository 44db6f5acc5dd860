// What the gate found about a candidate generation, and what a replay of past decisions showed: plain values for the
// report on disk, the terminal and the API.

export const GATE_CHECKS = [
  'accuracy',
  'routes',
  'calibration',
  'robustness',
  'replay',
  'hubs',
  'additions',
] as const

export type GateCheckName = (typeof GATE_CHECKS)[number]

export interface GateCheck {
  name: GateCheckName
  /** `skipped` where there was nothing to measure on; `summary` says what was missing. */
  verdict: 'passed' | 'failed' | 'skipped'
  /** A sentence that a person understands, with the figures in it. */
  summary: string
  figures: Record<string, number>
}

/** Of decisions whose right route is known: what the candidate mends and what it breaks. */
export interface FixesAndBreaks {
  rows: number
  fixes: number
  breaks: number
  /** Exact McNemar, two-sided. */
  pValue: number
}

export interface ReplayReport {
  generation: number
  /** Decisions that were decided anew, and those that could not be, by why. */
  replayed: number
  skipped: Record<string, number>
  /** Those of `replayed` whose text is not stored: decided without what their words say. */
  withoutText?: number
  sinceMs: number | null
  changed: number
  /** `changed / replayed`; 0 where nothing was replayed. */
  changedShare: number
  /** Where the changed ones went, the most first. */
  moves: { from: string; to: string; decisions: number }[]
  /** Decisions with a vote that says what is right, and those of them that nobody was trained on. */
  voted: FixesAndBreaks
  heldOut: FixesAndBreaks
  /** Exemplars that are nearest to most of the replayed prompts, the most first, at most 10. */
  hubs: { exemplarId: string; route: string; share: number }[]
  /** Changed decisions, the newest first, at most 50. */
  examples: { decisionId: string; from: string; to: string; text: string | null }[]
  durationMs: number
}

export interface GateReport {
  candidate: number
  /** The generation it was held against; null where none served. */
  against: number | null
  passed: boolean
  checks: GateCheck[]
  replay: ReplayReport | null
  durationMs: number
}
