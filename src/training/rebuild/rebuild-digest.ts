// Detects builds that would repeat an existing one, by a digest of their inputs and of what they are judged by. Without it, the
// scheduler would build a refused generation again and again.
import type { Config } from '../../config/config-schema.ts'
import { besideHash } from '../../core/classifier/beside-hash.ts'
import { CLASSIFIER_VERSION } from '../../core/classifier/classifier.ts'
import { sha256 } from '../../vector-index/durable.ts'
import { exemplarDigest, type GenerationDraft } from '../../vector-index/generation-draft.ts'
import type { Manifest } from '../../vector-index/manifest.ts'
import type { HeldOutSet } from '../exemplars/held-out-set.ts'
import { type KeptOutcomes, outcomesDigest } from '../outcomes/gather-outcomes.ts'
import { routeAims } from '../outcomes/route-aims.ts'
import { fitOptions } from './fit-options.ts'
import type { TrainingData } from './prepare-training-set.ts'

type Draft = Pick<GenerationDraft, 'exemplars' | 'encoderId' | 'seed' | 'hnsw'>

/** Whether the classifier would be fitted on the same data with the same settings. */
const isFitSame = (fit: Manifest['fit'], config: Config, data: TrainingData): boolean => {
  const { risk, delta, abstentionCost, novelShare, trustDescriptions } = fitOptions(config)
  return (
    fit !== null &&
    fit.risk === risk &&
    fit.delta === delta &&
    fit.abstentionCost === abstentionCost &&
    fit.novelShare === novelShare &&
    fit.trustDescriptions === trustDescriptions &&
    fit.besideHash === besideHash(data.beside)
  )
}

interface Build {
  draft: Draft
  data: TrainingData
  config: Config
  learnable: KeptOutcomes | null
}

/** Whether a build would repeat the generation of this manifest. */
export const isSameBuild = (
  manifest: Manifest,
  { draft, data, config, learnable }: Build,
): boolean =>
  (manifest.outcomes?.digest ?? null) === (learnable && outcomesDigest(learnable)) &&
  manifest.exemplarDigest === exemplarDigest(draft.exemplars) &&
  manifest.encoderId === draft.encoderId &&
  manifest.seed === draft.seed &&
  manifest.classifier.version === CLASSIFIER_VERSION &&
  JSON.stringify(manifest.hnsw) === JSON.stringify(draft.hnsw) &&
  isFitSame(manifest.fit, config, data)

const rowsOf = (set: HeldOutSet | null): unknown =>
  set ? sha256(JSON.stringify([set.labels, set.texts])) : null

/** Digest of everything that a generation is built from and judged by: equal digests give equal verdicts. */
export const buildDigest = (input: {
  draft: Draft
  data: TrainingData
  config: Config
  /** Digest of the outcomes; null where there are none. */
  outcomes: string | null
}): string => {
  const { draft, data, config, outcomes } = input
  const { risk, delta, abstentionCost, novelShare, trustDescriptions } = fitOptions(config)
  return sha256(
    JSON.stringify([
      exemplarDigest(draft.exemplars),
      draft.encoderId,
      draft.seed,
      draft.hnsw,
      CLASSIFIER_VERSION,
      [risk, delta, abstentionCost, novelShare, trustDescriptions],
      besideHash(data.beside),
      config.training.gate,
      rowsOf(data.heldOut),
      rowsOf(data.feedbackHeldOut),
      ...(outcomes === null ? [] : [outcomes, routeAims(config)]),
    ]),
  )
}
