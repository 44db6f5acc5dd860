// `select: first`: the configured order is the order of preference.
import { certain } from './certain.ts'
import type { SelectModels } from './select-models.ts'

export const first: SelectModels = ({ candidates }) => certain(candidates)
