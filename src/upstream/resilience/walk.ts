// Iterates over the chain of a request: the next target that can be called now, each at most once. Targets without headroom come last;
// those in cooldown or with an open breaker are skipped, and return if they recover in time.
import type { RouterError } from '../../errors.ts'
import { type Chain, modelsAfter } from './chain.ts'
import type { Failure } from './failure.ts'
import type { TargetHealth } from './target-health.ts'

export interface WalkTarget {
  model: string
  provider: string
  health: TargetHealth
}

export interface Walk {
  /** The next target, or null where none can be called. */
  next(): WalkTarget | null
  /** How many others could be called now. */
  ready(): number
  /** Records a failed attempt. @returns true where the walk has ended and its error is the answer */
  fail(target: WalkTarget, error: RouterError, failure: Failure): boolean
  /** Continues with the models that are configured for refusals; false where none of them can be called. */
  turnToContentPolicy(): boolean
  /** Milliseconds until the first of the skipped targets may be called; null where none was skipped. */
  waitMs(): number | null
  /** The error for the caller: the failure of the target that was called first, not those of its fallbacks. */
  readonly error: RouterError | null
}

export interface WalkOptions {
  chain: Chain
  targetOf: (model: string) => WalkTarget
  /** Estimate of the prompt's tokens. */
  promptTokens: () => number
}

export const createWalk = ({ chain, targetOf, promptTokens }: WalkOptions): Walk => {
  const called = new Set<string>()
  const deadProviders = new Set<string>()
  let left = chain.models.map(targetOf)
  let firstModel: string | null = null
  const uncalled = (models: readonly string[]) => models.filter((m) => !called.has(m)).map(targetOf)
  const alive = (): WalkTarget[] => left.filter(({ provider }) => !deadProviders.has(provider))
  const callable = (): WalkTarget[] => alive().filter(({ health }) => health.waitMs() <= 0)
  const walk = {
    error: null as RouterError | null,
    next: () => {
      const candidates = callable()
      const isRoomy = ({ health }: WalkTarget) => health.hasHeadroom(promptTokens())
      const target = candidates.find(isRoomy) ?? candidates[0]
      if (!target) return null
      left = left.filter((other) => other !== target)
      called.add(target.model)
      return target
    },
    ready: () => callable().length,
    fail: (target: WalkTarget, error: RouterError, failure: Failure) => {
      const isFirst = firstModel === null || firstModel === target.model
      if (isFirst) {
        firstModel = target.model
        walk.error = error
      }
      if (failure.isKeyRejected) deadProviders.add(target.provider)
      // A fallback that refuses the request (no prefill, an unknown parameter) does not predict the next target's answer.
      const kind = failure.kind === 'final' && !isFirst ? 'general' : failure.kind
      const models = left.map(({ model }) => model)
      left = uncalled(modelsAfter(chain, { kind, failed: target.model, left: models }))
      return left.length === 0
    },
    turnToContentPolicy: () => {
      left = uncalled(chain.onContentPolicy)
      return callable().length > 0
    },
    waitMs: () => {
      const waits = alive().map(({ health }) => health.waitMs())
      return waits.length === 0 ? null : Math.min(...waits)
    },
  }
  return walk
}
