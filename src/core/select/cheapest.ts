// `select: cheapest`: the least expected cost. What the provider's cache holds of a conversation is part of the cost; beyond it,
// the conversation's model gives way only to one that is clearly cheaper.
import { before, certain } from './certain.ts'
import type { Candidate, SelectModels } from './select-models.ts'

/** Of the cost of staying: estimates of two models are no better than that. */
const LEAST_SAVING = 0.2

export const cheapest: SelectModels = ({ candidates, held }) => {
  const order = [...candidates].sort((a, b) => comparable(a) - comparable(b))
  const staying = order.find(({ model }) => model === held?.model)
  const [best] = order
  if (!staying || !best) return certain(order)
  const isClear = comparable(best) < comparable(staying) * (1 - LEAST_SAVING)
  return certain(isClear ? order : before(staying, order))
}

/** An unknown cost comes behind every known one; a number, so that two unknown ones are equal. */
const comparable = ({ costUsd }: Candidate): number => costUsd ?? Number.MAX_VALUE
