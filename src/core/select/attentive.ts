// Shared by every policy but `first`: a tool loop stays with its model, and models that are unavailable after failures come after
// those that can be called.
import { before, certain } from './certain.ts'
import type { RankedModel, SelectModels, SelectRequest } from './select-models.ts'

export const attentive =
  (select: SelectModels): SelectModels =>
  (request) => {
    const { candidates } = request
    const ready = candidates.filter(({ waitMs }) => waitMs <= 0)
    // Where all are unavailable, the policy ranks them as usual, and upstream waits.
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
