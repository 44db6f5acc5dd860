// Models as policies see them.
import { SELECT_POLICIES, type SelectName } from '../../src/core/select/policies.ts'
import type {
  Candidate,
  RankedModel,
  SelectRequest,
  SelectSettings,
} from '../../src/core/select/select-models.ts'
import { createRandom } from '../../src/core/statistics/random.ts'

/** One of which nothing is known but its name. */
export const candidateOf = (model: string, changes: Partial<Candidate> = {}): Candidate => ({
  model,
  cachedTokens: 0,
  completionTokens: 300,
  costUsd: null,
  firstTokenMs: null,
  tokensPerSecond: null,
  calls: 100,
  pendingMs: 0,
  isStale: true,
  waitMs: 0,
  ...changes,
})

export interface SelectCase extends Partial<Omit<SelectRequest, 'settings'>> {
  candidates: readonly Candidate[]
  settings?: Partial<SelectSettings>
}

/** What the policy makes of one request. */
export const select = (policy: SelectName, { settings, ...request }: SelectCase): RankedModel[] =>
  SELECT_POLICIES[policy]({
    route: 'code',
    held: null,
    random: createRandom(1),
    settings: { weights: {}, costQuality: 0.5, quality: {}, target: null, ...settings },
    ...request,
  })

/** The models that come first in so many requests, by their share. */
export const sharesOf = (
  policy: SelectName,
  request: SelectCase,
  times = 4_000,
): Record<string, number> => {
  const random = createRandom(7)
  const shares: Record<string, number> = {}
  for (let i = 0; i < times; i++) {
    const model = select(policy, { ...request, random })[0]?.model ?? ''
    shares[model] = (shares[model] ?? 0) + 1 / times
  }
  return shares
}

export const propensitiesOf = (ranking: readonly RankedModel[]): Record<string, number> =>
  Object.fromEntries(ranking.map(({ model, propensity }) => [model, propensity]))
