// `select: learned`: maximises quality − price × cost, with the outcome model's estimates for this prompt. Quality is taken at its
// lower confidence bound; the price is solved for the route's target. A small share of the requests explores models that might be
// better, so that changes are detected. Without estimates `balanced` chooses.
import { balanced } from './balanced.ts'
import { before, certain } from './certain.ts'
import type { Candidate, Estimate, SelectModels } from './select-models.ts'

/** A conversation stays with its model unless another has an advantage of this much quality. */
const LEAST_GAIN = 0.02
/** Share of the requests that explores models that might be better. */
const EXPLORED = 0.02

type Estimated = Candidate & { estimate: Estimate }

const isEstimated = (candidate: Candidate): candidate is Estimated =>
  candidate.estimate !== undefined

export const learned: SelectModels = (request) => {
  const { candidates, price = null, held, random } = request
  const known = candidates.filter(isEstimated)
  if (price === null || known.length < 2) return balanced(request)
  const worthOf = ({ quality, costUsd }: Estimate, bound: number): number =>
    quality + bound - price * costUsd
  const order = known
    .map(({ model, estimate }) => ({
      model,
      worth: worthOf(estimate, -estimate.halfWidth),
      most: worthOf(estimate, estimate.halfWidth),
    }))
    .sort((a, b) => b.worth - a.worth)
  const unknown = candidates.filter((candidate) => !isEstimated(candidate))
  const [best] = order as [(typeof order)[number]]
  const staying = order.find(({ model }) => model === held?.model)
  if (staying && best.worth <= staying.worth + LEAST_GAIN) {
    return certain([...before(staying, order), ...unknown])
  }
  return explored([...order, ...unknown], {
    rivals: order.slice(1).filter(({ most }) => most > best.worth),
    at: random(),
  })
}

/** Usually the first; with a small probability one of the rivals. */
const explored = (
  order: readonly { model: string }[],
  { rivals, at }: { rivals: readonly { model: string }[]; at: number },
): ReturnType<SelectModels> => {
  const [best] = order
  if (rivals.length === 0 || !best) return certain(order)
  const rival = rivals[Math.floor((at / EXPLORED) * rivals.length)]
  const chances = new Map(rivals.map(({ model }) => [model, EXPLORED / rivals.length]))
  return before(rival ?? best, order).map(({ model }) => ({
    model,
    propensity: model === best.model ? 1 - EXPLORED : (chances.get(model) ?? 0),
  }))
}
