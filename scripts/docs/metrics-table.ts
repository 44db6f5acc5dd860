// Every metric of the server as a table, read off the registry that /metrics is written from.
import { Registry } from 'prom-client'
import { type GaugeSources, registerGauges } from '../../src/telemetry/gauges.ts'
import { createInstruments } from '../../src/telemetry/instruments.ts'
import { markdownTable } from './markdown-table.ts'

/** Sources are asked for values when metrics are scraped, which nobody does here. */
const unread = (): never => {
  throw new Error('A metric was read while its description was written.')
}

/** All of them, so that a source that is new is not forgotten here. */
const SOURCES: Required<GaugeSources> = {
  storeStats: unread,
  storeIsLost: unread,
  indexGeneration: unread,
  encoderStats: unread,
  upstreamHealth: unread,
  loopStats: unread,
  spanStats: unread,
  operatorState: unread,
}

type Metric = ReturnType<Registry['getMetricsAsArray']>[number]

const row = (metric: Metric): string[] => {
  const { name, help, type } = metric
  const { labelNames } = metric as unknown as { labelNames: string[] } // prom-client has them and does not declare them
  return [`\`${name}\``, String(type), labelNames.map((l) => `\`${l}\``).join(', '), help]
}

export const metricsTable = (): string => {
  const registry = new Registry()
  createInstruments(registry)
  registerGauges(registry, SOURCES)
  const rows = registry.getMetricsAsArray().map(row)
  return markdownTable(['metric', 'type', 'labels', 'what'], rows.sort(byFirstCell))
}

const byFirstCell = ([a = '']: string[], [b = '']: string[]): number => (a < b ? -1 : 1)
