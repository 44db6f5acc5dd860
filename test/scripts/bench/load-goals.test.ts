import { describe, expect, it } from 'vitest'
import {
  describeOwnWay,
  missedGoals,
  type Offered,
  type WaitingClients,
} from '../../../scripts/bench/load/load-goals.ts'

const shares = { sent: 100, classified: 1, byWordsFirst: 0, byWords: 0, byDefault: 0, refused: 0 }
const offered = (changes: Partial<Offered>): Offered => ({
  ...{ factor: 1, goodput: 1, agreement: null, recoveryMs: 100 },
  ...{ ...shares, p50Ms: 20, p99Ms: 200 },
  cores: { server: 0.5, encoder: 1, client: 0.1 },
  ...changes,
})
const clients = (changes: Partial<WaitingClients> = {}): WaitingClients => ({
  ...{ goodput: 1, agreement: 0.9, perSecond: 100, longestPingMs: 20 },
  ...{ ...shares, classified: 0.5, byWords: 0.3, byDefault: 0.2, p50Ms: 20, p99Ms: 200 },
  ...changes,
})
const missed = (row: Partial<Offered>) =>
  missedGoals({ words: 12, capacity: 100, rows: [offered(row)], clients: clients() })

describe('the goals of bench:load', () => {
  it('are met by a calm sweep', () => {
    expect(missed({})).toEqual([])
  })

  it.each([
    [{ factor: 1, goodput: 0.89 }, '1×: goodput 89 %, at least 90 %'],
    [{ factor: 2, goodput: 0.94 }, '2×: goodput 94 %, at least 95 %'],
    [{ factor: 0.5, goodput: 0.5, classified: 0.99 }, '0.5×: decided in time 99 %, all'],
    [{ p99Ms: 271 }, '1×: p99 271 ms, at most 270'],
    [{ recoveryMs: 320 }, '1×: recovery 320 ms, at most 300'],
  ])('name what is missed: %o', (row, line) => {
    expect(missed(row)).toEqual([line])
  })

  it('ask no goodput of less than the capacity, and that all is decided in time below 0.8 of it only', () => {
    expect(missed({ factor: 0.8, goodput: 0.78, classified: 0.97 })).toEqual([])
    expect(missed({ factor: 0.5, classified: 0.9, byWordsFirst: 0.1 })).toEqual([])
  })

  it('hold clients that wait against goodput, words and agreement', () => {
    const waiting = clients({ goodput: 0.9, byWords: 0.1, byDefault: 0.4, agreement: 0.8 })
    expect(missedGoals({ words: 150, capacity: 60, rows: [], clients: waiting })).toEqual([
      'clients: goodput 90 %, at least 95 %',
      'clients: the words decided fewer than the default route',
      'clients: agreement 80 %, at least 85 %',
    ])
  })

  it('count what the encoder or words as sure routed against the way one would do it oneself', () => {
    const own = clients({ perSecond: 25, classified: 1 })
    expect(describeOwnWay(clients(), own)).toMatch(/: 2\.00 .* met \(.* 2\.00\)$/)
    expect(describeOwnWay(clients({ classified: 0.4 }), own)).toMatch(
      /: 1\.60 .* MISSED \(.* 1\.60\)$/,
    )
    const both = clients({ classified: 0.4, byWordsFirst: 0.3 })
    expect(describeOwnWay(both, own)).toMatch(/: 2\.80 .* met \(by the encoder alone: 1\.60\)$/)
  })
})
