// The problems of the training data and their fixes, as `signalbox lint` and the dashboard show them.

/** `error`: a rebuild refuses it, or the measured quality is wrong by it. `note`: worth knowing, seldom worth a change. */
export type Severity = 'error' | 'warning' | 'note'

/** A change of one line that would settle a finding. */
export interface LineEdit {
  action: 'remove' | 'move'
  /** The line: its route's file, its id, and where it stands. */
  route: string
  id: string
  line: number
  /** Of `move`. */
  to?: string
}

export interface Finding {
  rule: string
  severity: Severity
  /** Route it is about; null where it is about several or none. */
  route: string | null
  /** What is the matter. */
  message: string
  /** `file:line` of each line concerned, the first the one to look at. */
  where: string[]
  /** What to do about it. */
  fix: string
  /** Ways to do it, each by itself; absent where a person must write. */
  edits?: LineEdit[]
  /** Figures behind the message, by name. */
  figures: Record<string, number>
}

export interface LintReport {
  exemplars: number
  routes: number
  heldOut: number
  /** Past prompts below the threshold that were looked through for gaps. */
  lowPrompts: number
  errors: number
  warnings: number
  notes: number
  /** Errors first, then warnings, then notes. */
  findings: Finding[]
}
