// `select: cheapest`: the least expected cost, including the saving by the provider's prompt cache. A conversation changes its model
// only for one that is clearly cheaper.
import { before, certain } from './certain.ts'
import type { Candidate, SelectModels } from './select-models.ts'

/** Least relative saving for a change of model: the accuracy of the cost estimates. */
const LEAST_SAVING = 0.2

export const cheapest: SelectModels = ({ candidates, held }) => {
  const order = [...candidates].sort((a, b) => comparable(a) - comparable(b))
  const staying = order.find(({ model }) => model === held?.model)
  const [best] = order
  if (!staying || !best) return certain(order)
  const isClear = comparable(best) < comparable(staying) * (1 - LEAST_SAVING)
  return certain(isClear ? order : before(staying, order))
}

/** Unknown costs sort after all known ones; a finite number, so that two unknown costs are equal. */
const comparable = ({ costUsd }: Candidate): number => costUsd ?? Number.MAX_VALUE
