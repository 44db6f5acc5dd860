import { expect, it } from 'vitest'
import { type Measured, summarise } from '../../../scripts/bench/gateway/summary.ts'

const cell = (target: string, p50Ms: number, requestsPerSecond: number): Measured => ({
  target,
  load: { isStream: false, connections: 1 },
  p50Ms,
  p99Ms: p50Ms * 2,
  requestsPerSecond,
  cpuMs: p50Ms,
})

it('takes medians over rounds and compares what is added to a direct call', () => {
  const cells = [cell('direct', 1, 1_000), cell('portkey', 3, 300), cell('ours', 2, 450)]
  const noisy = [cell('direct', 1, 1_000), cell('portkey', 3, 300), cell('ours', 50, 10)]
  const [direct, portkey, ours] = summarise([...cells, ...noisy, ...cells])
  expect(direct).toMatchObject({ addedP50Ms: 0, addedRatio: null, throughputRatio: null })
  expect(portkey).toMatchObject({ addedP50Ms: 2, addedRatio: null })
  expect(ours).toMatchObject({ p50Ms: 2, addedP50Ms: 1, addedRatio: 0.5, throughputRatio: 1.5 })
})

it('compares only cells of the same load', () => {
  const stream = { isStream: true, connections: 1 }
  const rows = summarise([
    cell('direct', 1, 1_000),
    cell('portkey', 3, 300),
    { ...cell('direct', 10, 100), load: stream },
    { ...cell('portkey', 40, 20), load: stream },
    { ...cell('ours', 13, 60), load: stream },
  ])
  expect(rows.at(-1)).toMatchObject({ addedP50Ms: 3, addedRatio: 0.1, throughputRatio: 3 })
})

it('goes on without the gateway measured against', () => {
  const rows = summarise([cell('direct', 1, 1_000), cell('ours', 2, 450)])
  expect(rows.at(-1)).toMatchObject({ addedP50Ms: 1, addedRatio: null, throughputRatio: null })
})
