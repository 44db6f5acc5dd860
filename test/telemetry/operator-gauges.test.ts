import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { registerOperatorGauges } from '../../src/telemetry/operator-gauges.ts'

it('tell budgets by span, alerts by severity, the cache, the file and the program', async () => {
  const registry = new Registry()
  registerOperatorGauges(registry, () => ({
    version: '1.2.3',
    budgets: [{ span: 'month', highest: 0.85, exhausted: 2 }],
    alerts: { warning: 1, critical: 0 },
    isConfigRefused: true,
    cache: { entries: 3, bytes: 4_096 },
    gateRefusals: 5,
    canaryRollbacks: 1,
  }))
  const text = await registry.metrics()
  for (const line of [
    'signalbox_budget_used_ratio{span="month"} 0.85',
    'signalbox_budgets_exhausted{span="month"} 2',
    'signalbox_alerts_firing{severity="critical"} 0',
    'signalbox_config_refused 1',
    'signalbox_cache_entries 3',
    'signalbox_build_info{version="1.2.3"} 1',
    'signalbox_gate_refusals_total 5',
  ]) {
    expect(text).toContain(line)
  }
})
