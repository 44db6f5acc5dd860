// One cell of the table: a target under load for some seconds.
import autocannon from 'autocannon'
import { quantile } from '../summary.ts'

export interface Target {
  name: string
  url: string
  headers: Record<string, string>
  body: Record<string, unknown>
  cpuMs: () => number | null
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

const WARM_UP_CONNECTIONS = 32

const requestOf = ({ url, headers, body }: Target, { isStream }: Pick<Load, 'isStream'>) => ({
  url,
  method: 'POST' as const,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ ...body, ...(isStream ? { stream: true } : {}) }),
})

/** By number, not by time: a slow target must be compiled as far as a fast one. */
export const warmUp = async (target: Target, requests: number): Promise<void> => {
  for (const isStream of [false, true]) {
    const load = { connections: WARM_UP_CONNECTIONS, amount: requests }
    await autocannon({ ...requestOf(target, { isStream }), ...load })
  }
}

/** @throws where any request fails: a failed one is fast, and would flatter. */
export const measure = async (target: Target, load: Load): Promise<Cell> => {
  const cpuBefore = target.cpuMs()
  const { connections, seconds: duration } = load
  const run = autocannon({ ...requestOf(target, load), connections, duration })
  const latencies: number[] = []
  run.on('response', (_client, _status, _bytes, ms) => latencies.push(ms))
  const result = await run
  const cpuAfter = target.cpuMs()
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
