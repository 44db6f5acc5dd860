// What every policy but `first` has in common: a task that is under way stays with its model, and models that rest after
// failures come behind those that may be called.
import { before, certain } from './certain.ts'
import type { RankedModel, SelectModels, SelectRequest } from './select-models.ts'

export const attentive =
  (select: SelectModels): SelectModels =>
  (request) => {
    const { candidates } = request
    const ready = candidates.filter(({ waitMs }) => waitMs <= 0)
    // Where all rest, waiting is for upstream to do.
    if (ready.length === 0) return ranked(select, request)
    const resting = candidates.filter(({ waitMs }) => waitMs > 0)
    return [
      ...ranked(select, { ...request, candidates: ready }),
      ...resting.sort((a, b) => a.waitMs - b.waitMs).map(({ model }) => ({ model, propensity: 0 })),
    ]
  }

const ranked = (select: SelectModels, request: SelectRequest): RankedModel[] => {
  const { candidates, held } = request
  const isThere = candidates.some(({ model }) => model === held?.model)
  if (!held || !isThere) return select({ ...request, held: null })
  const order = select(request)
  return held.isToolLoop ? certain(before({ model: held.model, propensity: 1 }, order)) : order
}
