// The file of a generation's outcome model, as bytes: the fitted model, and the held-out prompts with its estimates of them.
import type { HeldOutOutcomes, LearnedOutcomes } from './learned-outcomes.ts'
import { fromArtefact, type OutcomeArtefact, toArtefact } from './outcome-codec.ts'
import type { OutcomeModel } from './outcome-model.ts'
import { createOutcomePredictor } from './outcome-predictor.ts'
import { packValue, unpackValue } from './packed-value.ts'
import { PRICE_RULE } from './price-ladder.ts'

export interface OutcomesFile {
  model: OutcomeModel
  heldOut: HeldOutOutcomes
}

export const packOutcomes = ({ model, heldOut }: OutcomesFile): Uint8Array =>
  packValue({ artefact: toArtefact(model), heldOut, priceRule: PRICE_RULE })

/** @throws RouterError `index_invalid` for another version; Error where the bytes are no such file */
export const openOutcomes = (bytes: Uint8Array): LearnedOutcomes => {
  const { artefact, heldOut, priceRule } = unpackValue(bytes) as {
    artefact: OutcomeArtefact
    heldOut: HeldOutOutcomes
    priceRule?: number
  }
  const model = fromArtefact(artefact)
  return { models: model.models, predict: createOutcomePredictor(model), heldOut, priceRule }
}
