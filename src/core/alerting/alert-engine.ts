// Takes one sample after another and returns the alerts that began or ended: history, rules and states together.
import type { AlertChange } from './alert.ts'
import type { AlertRules } from './alert-rules.ts'
import type { AlertSample } from './alert-sample.ts'
import { createAlertStates } from './alert-states.ts'
import { createHeldEvents, evaluateRules } from './evaluate-rules.ts'
import { createSampleHistory } from './sample-history.ts'

export interface AlertEngine {
  /** @returns what began or ended with this sample */
  take(sample: AlertSample): AlertChange[]
  firing(): AlertChange[]
}

export interface AlertEngineOptions {
  /** The rules of the current configuration, read at each sample. */
  rules: () => AlertRules
  /** Totals and state before the first sample. */
  start: AlertSample
  /** Alerts that were firing when the previous process ended. */
  restored?: readonly AlertChange[]
}

export const createAlertEngine = ({ rules, start, restored }: AlertEngineOptions): AlertEngine => {
  const history = createSampleHistory(start)
  const held = createHeldEvents()
  const states = createAlertStates(restored)
  return {
    take: (sample) => {
      history.add(sample)
      held.add('gate_refused', sample.gateRefused, sample.atMs)
      held.add('canary_rolled_back', sample.canariesRolledBack, sample.atMs)
      const conditions = evaluateRules({ rules: rules(), sample, history, held })
      return states.step(conditions, sample.atMs)
    },
    firing: states.firing,
  }
}
