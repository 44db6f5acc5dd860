// What is asked for at scrape time instead of being counted: store queue, index generation, encoder.
import { Gauge, type Registry } from 'prom-client'

/** Functions that are called per scrape; one that is left out has no metric. */
export interface GaugeSources {
  storeStats?: () => { queuedDecisions: number; droppedDecisions: number; lastError: string | null }
  /** Number of the live generation, null while none is loaded (shown as 0). */
  indexGeneration?: () => number | null
  /** Numbers by snake_case name, e.g. `{ queued: 3, restarts: 1 }`; the names are fixed by the encoder. */
  encoderStats?: () => Record<string, number>
}

export const registerGauges = (registry: Registry, sources: GaugeSources): void => {
  const { storeStats, indexGeneration, encoderStats } = sources
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `signalbox_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  if (storeStats) {
    gauge('store_queued_decisions', 'Decisions not yet committed.', () => {
      return storeStats().queuedDecisions
    })
    gauge('store_dropped_decisions', 'Decisions lost to a full queue since the start.', () => {
      return storeStats().droppedDecisions
    })
    gauge('store_writable', '1 while writes succeed, else 0.', () => {
      return storeStats().lastError === null ? 1 : 0
    })
  }
  if (indexGeneration) {
    gauge('index_generation', 'Live index generation, 0 while none is.', () => {
      return indexGeneration() ?? 0
    })
  }
  if (encoderStats) {
    new Gauge({
      name: 'signalbox_encoder',
      help: 'State of the encoder by name.',
      labelNames: ['stat'],
      registers: [registry],
      collect() {
        for (const [stat, value] of Object.entries(encoderStats())) this.set({ stat }, value)
      },
    })
  }
}
