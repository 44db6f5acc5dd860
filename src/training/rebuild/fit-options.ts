// Options of the classifier's fit, from the configuration.
import type { Config } from '../../config/config-schema.ts'
import type { FitOptions } from '../../core/classifier/fit.ts'
import type { ThresholdStep } from '../../core/classifier/threshold-step.ts'
import type { Manifest } from '../../vector-index/manifest.ts'

export const fitOptions = ({
  index,
  training,
}: Pick<Config, 'index' | 'training'>): Required<Omit<FitOptions, 'stepFrom'>> => ({
  seed: index.seed,
  risk: training.wrong_route_rate,
  delta: training.wrong_route_chance,
  abstentionCost: training.abstention_cost,
  novelShare: training.novel_share,
  trustDescriptions: training.trust_descriptions,
})

/** The parent's thresholds, unless it was fitted with other settings: a changed setting takes effect at once. */
export const stepFromParent = (
  parent: Pick<Manifest, 'fit' | 'classifier'> | null,
  config: Pick<Config, 'index' | 'training'>,
): ThresholdStep | undefined => {
  const { risk, delta, abstentionCost } = fitOptions(config)
  const fit = parent?.fit
  const isSame = fit?.risk === risk && fit.delta === delta && fit.abstentionCost === abstentionCost
  return isSame && parent
    ? { before: parent.classifier.thresholds, step: config.training.threshold_step }
    : undefined
}
