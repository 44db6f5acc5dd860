// One cell of the table: a target under load for some seconds.
import autocannon from 'autocannon'

export interface Target {
  name: string
  url: string
  headers: Record<string, string>
  body: Record<string, unknown>
  cpuMs: () => Promise<number | null>
}

export interface Load {
  isStream: boolean
  connections: number
  seconds: number
}

export interface Cell {
  p50Ms: number
  p99Ms: number
  requestsPerSecond: number
  /** Processor time of the target's process per request; null where it cannot be read. */
  cpuMs: number | null
}

/** The value below which `share` of them lie. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

/** @throws where any request fails: a failed one is fast, and would flatter. */
export const measure = async (target: Target, load: Load): Promise<Cell> => {
  const body = JSON.stringify({ ...target.body, ...(load.isStream ? { stream: true } : {}) })
  const cpuBefore = await target.cpuMs()
  const run = autocannon({
    url: target.url,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...target.headers },
    body,
    connections: load.connections,
    duration: load.seconds,
  })
  const latencies: number[] = []
  run.on('response', (_client, _status, _bytes, ms) => latencies.push(ms))
  const result = await run
  const cpuAfter = await target.cpuMs()
  const failures = result.non2xx + result.errors + result.timeouts
  if (failures > 0 || latencies.length === 0) {
    throw new Error(`${target.name}: ${failures} of ${latencies.length} requests failed`)
  }
  return {
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    requestsPerSecond: latencies.length / result.duration,
    cpuMs:
      cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / latencies.length,
  }
}
