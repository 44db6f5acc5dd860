// Gauges of what operators configure and watch, read at scrape time: budgets, alerts, the configuration's file, the answer cache, the program.
import { Counter, Gauge, type Registry } from 'prom-client'

export interface OperatorState {
  version: string
  /** Of each span for which a key has a budget. */
  budgets: { span: string; highest: number; exhausted: number }[]
  /** Alerts that fire, by severity. */
  alerts: Readonly<Record<string, number>>
  isConfigRefused: boolean
  cache: { entries: number; bytes: number }
  /** Of the index's history, since the start. */
  gateRefusals: number
  canaryRollbacks: number
}

const createMakers = (registry: Registry, state: () => OperatorState) => {
  const registers = [registry]
  return {
    gauge: <L extends string>(
      name: string,
      help: string,
      options: { labelNames: L[]; read: (gauge: Gauge<L>, state: OperatorState) => void },
    ) =>
      new Gauge<L>({
        name: `signalbox_${name}`,
        help,
        labelNames: options.labelNames,
        registers,
        collect() {
          this.reset()
          options.read(this, state())
        },
      }),
    counter: (name: string, help: string, read: (state: OperatorState) => number) =>
      new Counter({
        name: `signalbox_${name}`,
        help,
        registers,
        collect() {
          this.reset()
          this.inc(read(state()))
        },
      }),
  }
}

type Makers = ReturnType<typeof createMakers>

const registerBudgets = ({ gauge }: Makers): void => {
  gauge('budget_used_ratio', 'Of the key that has used most of its budget; a key is not named.', {
    labelNames: ['span'],
    read: (own, { budgets }) => {
      for (const { span, highest } of budgets) own.set({ span }, highest)
    },
  })
  gauge('budgets_exhausted', 'Keys whose budget is used up.', {
    labelNames: ['span'],
    read: (own, { budgets }) => {
      for (const { span, exhausted } of budgets) own.set({ span }, exhausted)
    },
  })
}

const registerCache = ({ gauge }: Makers): void => {
  gauge('cache_entries', 'Answers in the cache.', {
    labelNames: [],
    read: (own, { cache }) => own.set(cache.entries),
  })
  gauge('cache_size_bytes', 'What they take.', {
    labelNames: [],
    read: (own, { cache }) => own.set(cache.bytes),
  })
}

export const registerOperatorGauges = (registry: Registry, state: () => OperatorState): void => {
  const makers = createMakers(registry, state)
  const { gauge, counter } = makers
  registerBudgets(makers)
  registerCache(makers)
  gauge('alerts_firing', 'Alerts that fire.', {
    labelNames: ['severity'],
    read: (own, { alerts }) => {
      for (const [severity, firing] of Object.entries(alerts)) own.set({ severity }, firing)
    },
  })
  gauge('config_refused', "1 while the configuration's file does not serve, else 0.", {
    labelNames: [],
    read: (own, { isConfigRefused }) => own.set(isConfigRefused ? 1 : 0),
  })
  gauge('build_info', 'Always 1; the label says which program this is.', {
    labelNames: ['version'],
    read: (own, { version }) => own.set({ version }, 1),
  })
  counter('gate_refusals_total', 'Generations that the gate refused.', (now) => now.gateRefusals)
  counter('canary_rollbacks_total', 'Canaries that were worse and ended by themselves.', (now) => {
    return now.canaryRollbacks
  })
}
