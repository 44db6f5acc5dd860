// Which stored decisions can be decided anew from what is stored of them, and why the others cannot.
import { dot, type RowShape } from '../../core/linear/vectors.ts'
import type { ReplayRow } from '../../core/records/stored-decision.ts'

/** Not the classifier's doing, or nothing there to decide from. */
export type SkipReason =
  | 'pinned'
  | 'tool_loop'
  | 'degraded'
  | 'constrained'
  | 'no_signal'
  | 'no_embedding'
  | 'other_encoder'
  | 'damaged_embedding'

export type ReplayableRow = ReplayRow & { embedding: Float32Array }

export interface ReplayFit extends RowShape {
  encoderId: string
}

/** Rounding of a sum over a thousand squares stays far below. */
const TOLERANCE = 1e-3

/** As `isUnitVector` has it, in a tenth of its time: a sum of squares is finite only where every number is. */
const isSound = (row: Float32Array, { dimensions, searchDimensions }: RowShape): boolean => {
  if (row.length !== dimensions) return false
  const square = dot(row, 0, row, 0, searchDimensions)
  const rest = dot(row, searchDimensions, row, searchDimensions, dimensions - searchDimensions)
  return Number.isFinite(rest) && Math.abs(Math.sqrt(square) - 1) <= TOLERANCE
}

/** Null where the row can be replayed. */
export const skipReason = (row: ReplayRow, fit: ReplayFit): SkipReason | null => {
  if (row.requestedModel !== 'auto' || row.reason === 'pinned') return 'pinned'
  if (row.inherited?.source === 'tool_loop') return 'tool_loop'
  if (row.reason === 'degraded') return 'degraded'
  if (row.reason === 'constrained') return 'constrained'
  if (!row.hasSignal || row.reason === 'no_signal') return 'no_signal'
  if (row.embedding === null) return 'no_embedding'
  if (row.encoderId !== fit.encoderId) return 'other_encoder'
  return isSound(row.embedding, fit) ? null : 'damaged_embedding'
}
