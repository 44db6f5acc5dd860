// Options of the classifier's fit, from the configuration.
import type { Config } from '../../config/config-schema.ts'
import type { FitOptions } from '../../core/classifier/fit.ts'

export const fitOptions = ({
  index,
  training,
}: Pick<Config, 'index' | 'training'>): Required<FitOptions> => ({
  seed: index.seed,
  risk: training.wrong_route_rate,
  delta: training.wrong_route_chance,
  abstentionCost: training.abstention_cost,
  novelShare: training.novel_share,
  trustDescriptions: training.trust_descriptions,
})
