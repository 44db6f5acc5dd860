// `select: first`: the configured order is the order of preference.
import type { SelectModels } from './select-models.ts'

export const first: SelectModels = ({ candidates }) =>
  candidates.map((model, i) => ({ model, propensity: i === 0 ? 1 : 0 }))
