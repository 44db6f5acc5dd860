// Applies a route's selection policy to the facts about its models: a ranking for this request, and the record that is stored with
// the decision. A past request is ranked again from that record.
import type { Config } from '../config/config-schema.ts'
import { policyOf } from '../config/schema/select-schema.ts'
import type { PermittedRoute } from '../core/decide/permitted.ts'
import { certain } from '../core/select/certain.ts'
import { SELECT_POLICIES } from '../core/select/policies.ts'
import type { RankedModel } from '../core/select/select-models.ts'
import type { Selection } from '../core/select/selection.ts'
import { createRandom } from '../core/statistics/random.ts'
import { createWithEstimates } from './estimated-candidates.ts'
import {
  createGather,
  keptCandidates,
  type SelectFacts,
  type SelectRequestFacts,
} from './select-facts.ts'

export interface RankRequest extends SelectRequestFacts {
  /** The stored record of a past request. */
  past?: Selection | null
}

export interface Ranked {
  /** Best first. */
  ranking: RankedModel[]
  /** Record of the choice; null where the configured order decides. */
  selection: Selection | null
}

export type RankModels = (home: PermittedRoute, request: RankRequest) => Ranked

export const createRankModels = (
  config: Pick<Config, 'models' | 'routes'>,
  facts: SelectFacts,
): RankModels => {
  const gather = createGather(config.models, facts)
  const withEstimates = createWithEstimates(config.models, facts)
  return (home, request) => {
    const { route, models } = home
    const { policy, settings } = policyOf(config.routes[route]?.select ?? 'first')
    if (policy === 'first') {
      return { ranking: certain(models.map((model) => ({ model }))), selection: null }
    }
    const { past } = request
    const gathered = past ? keptCandidates(config.models, home, past) : gather(home, request)
    const { target } = settings
    const estimated = target && withEstimates(gathered, { route, target, request })
    const { learned, ...known } = estimated ?? { ...gathered, learned: undefined }
    const { candidates, held, seed } = known
    const asked = { route, candidates, settings, held, price: learned?.price ?? null }
    const ranking = SELECT_POLICIES[policy]({ ...asked, random: createRandom(seed) })
    const propensityOf = new Map(ranking.map(({ model, propensity }) => [model, propensity]))
    const kept = candidates.map((candidate) => ({
      ...candidate,
      propensity: propensityOf.get(candidate.model) ?? 0,
    }))
    const selection = { ...known, policy, ...(learned && { learned }), candidates: kept }
    return { ranking, selection }
  }
}
