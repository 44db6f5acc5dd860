// A completion → counters and histograms. An answer from the cache counts as an answer, but not towards the metrics of models and
// providers.
import type { Attempt, Completion, Decision } from '../core/types.ts'
import type { Instruments } from './instruments.ts'

export interface Labels {
  route(name: string): string
  model(id: string): string
  code(code: string): string
}

const countAttempts = (
  m: Instruments,
  { attempts, outcome }: Pick<Completion, 'attempts' | 'outcome'>,
  labels: Labels,
): void => {
  let previous: Attempt | null = null
  for (const attempt of attempts) {
    const model = labels.model(attempt.model)
    const { errorCode } = attempt
    m.attempts.inc({ model })
    if (errorCode !== null) m.attemptErrors.inc({ model, code: labels.code(errorCode) })
    if (previous?.model === attempt.model) m.retries.inc({ model })
    const ended = errorCode === null ? outcome : 'failed'
    m.upstream.observe({ model, outcome: ended }, attempt.durationMs / 1_000)
    previous = attempt
  }
}

const countUse = (m: Instruments, completion: Completion, model: string): void => {
  const { usage, costUsd, outcome } = completion
  if (usage) {
    m.tokens.inc({ model, kind: 'prompt' }, usage.promptTokens)
    m.tokens.inc({ model, kind: 'completion' }, usage.completionTokens)
  }
  if (costUsd !== null) m.cost.inc({ model }, costUsd)
  else if (usage || outcome === 'served') m.costUnknown.inc({ model })
}

const isGood = (decision: Decision, { outcome, flaw, model }: Completion): boolean =>
  outcome === 'served' &&
  flaw === undefined &&
  decision.reason !== 'degraded' &&
  model === decision.model

export const countCompletion = (
  m: Instruments,
  { decision, completion }: { decision: Decision; completion: Completion },
  labels: Labels,
): void => {
  const { outcome, firstTokenMs, totalMs } = completion
  const route = labels.route(decision.route)
  m.answers.inc({ route, outcome })
  if (isGood(decision, completion)) m.good.inc({ route })
  if (completion.cache) return
  countAttempts(m, completion, labels)
  const model = labels.model(completion.model)
  if (firstTokenMs === null) return // no content was sent
  m.firstToken.observe({ model }, firstTokenMs / 1_000)
  m.answer.observe({ model }, totalMs / 1_000)
  if (completion.model !== decision.model) m.fallbacks.inc({ route, model })
  countUse(m, completion, model)
}
