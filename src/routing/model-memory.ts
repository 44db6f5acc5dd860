// In-memory statistics of models from past answers (serving model of each conversation, answer lengths, outcomes), used by the
// selection policies. Survives a reload of the configuration.
import type { Config } from '../config/config-schema.ts'
import type { Completion, Decision } from '../core/types.ts'
import type { CallResult } from '../upstream/call/call.ts'
import { type AnswerLengths, createAnswerLengths } from './answer-lengths.ts'
import { createHeldModels } from './held-models.ts'
import { createOutcomeMemory, type OutcomeMemory } from './outcome-memory.ts'
import type { SelectFacts } from './select-facts.ts'

export interface ModelMemory {
  readonly facts: Required<Pick<SelectFacts, 'answerTokens' | 'held' | 'correction' | 'priceOfDay'>>
  readonly lengths: AnswerLengths
  readonly outcomes: OutcomeMemory
  /**
   * Records which model answers, and its completion later; ignores requests whose model was not chosen by a policy.
   * @returns the callback for the end of the answer
   */
  watch(
    asked: { conversation: () => string },
    answer: { decision: Pick<Decision, 'route' | 'selection'>; result: CallResult },
    onComplete?: (completion: Completion) => void,
  ): ((completion: Completion) => void) | undefined
}

export interface ModelMemoryOptions {
  config: Pick<Config['conversation'], 'max_sessions' | 'half_life_ms'>
  now: () => number
  /** The memory of the previous configuration, whose contents are kept. */
  previous?: ModelMemory | null
}

export const createModelMemory = ({ config, now, previous }: ModelMemoryOptions): ModelMemory => {
  const lengths = previous?.lengths ?? createAnswerLengths()
  const outcomes = previous?.outcomes ?? createOutcomeMemory({ now })
  const held = createHeldModels({
    maxConversations: config.max_sessions,
    heldMs: config.half_life_ms,
    now,
  })
  return {
    lengths,
    outcomes,
    facts: {
      answerTokens: lengths.expected,
      held: held.recall,
      correction: outcomes.correction,
      priceOfDay: outcomes.priceOfDay,
    },
    watch: ({ conversation }, { decision, result }, onComplete) => {
      const { route, selection } = decision
      const model = result.attempts.at(-1)?.model
      if (!selection || result.kind !== 'reply' || model === undefined) return onComplete
      const key = conversation()
      held.hold(key, { route, model })
      const end = selection.learned && outcomes.begin({ route, model, selection })
      return (completion) => {
        const { outcome, usage, flaw } = completion
        end?.({ ...completion, isRefused: flaw === 'refused' })
        if (outcome === 'served' && usage) {
          lengths.learn(route, completion.model, usage.completionTokens)
          held.learn(key, completion.model, usage)
        }
        onComplete?.(completion)
      }
    },
  }
}
