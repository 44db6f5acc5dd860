import { describe, expect, it } from 'vitest'
import { readScrape } from '../../../scripts/report/stats/server-state.ts'
import { readStats, type StatsFacts } from '../../../scripts/report/stats/stats-facts.ts'
import { sparkline, statsScreen } from '../../../scripts/report/stats/stats-screen.ts'
import type { UsageRow } from '../../../scripts/report/usage-rows.ts'
import { paintLine } from '../../../scripts/terminal/style.ts'

const row = (name: string, requests: number, changes: Partial<UsageRow> = {}): UsageRow => ({
  name,
  requests,
  failed: 0,
  promptTokens: 1,
  completionTokens: 1,
  costUsd: 0.5,
  unpriced: 0,
  firstTokenP50Ms: 80,
  p50Ms: 812.4,
  p95Ms: 2_410,
  ...changes,
})

const facts = (changes: Partial<StatsFacts> = {}): StatsFacts => ({
  atMs: Date.UTC(2026, 0, 2, 3, 4, 5),
  window: '1h',
  grain: 'minute',
  total: row('', 1_234),
  traffic: [0, 1, 8],
  routes: [row('code', 1_000), row('math', 234, { failed: 60, costUsd: 3, unpriced: 1 })],
  models: Array.from({ length: 30 }, (_, i) => row(`model-${i}`, 100 - i)),
  server: {
    url: 'http://127.0.0.1:8787',
    problem: null,
    breakers: [
      { provider: 'acme', model: 'a', state: 'closed' },
      { provider: 'acme', model: 'b', state: 'half_open' },
    ],
    values: { requests_in_flight: 3, shedding: 0 },
  },
  ...changes,
})

const linesOf = (
  given: StatsFacts,
  options: Partial<Parameters<typeof statsScreen>[1]> = {},
  isColoured = false,
): string[] =>
  statsScreen(given, {
    columns: 100,
    rows: null,
    sort: 'requests',
    hasKeys: false,
    ...options,
  }).map((spans) => paintLine(spans, isColoured))

describe('the screen of stats', () => {
  it('says traffic, failures, times, spend and breakers', () => {
    const text = linesOf(facts()).join('\n')
    expect(text).toContain('last 1h, 2026-01-02 03:04:05 UTC')
    expect(text).toContain('1,234 requests, 20.6 a minute, 0.0 % failed, p50 812 ms, p95 2.4 s')
    expect(text).toMatch(/^code +1,000 +16\.7 +0\.0 % +80 ms +812 ms +2\.4 s +0\.5000$/m)
    expect(text).toMatch(/^math +234 +3\.9 +25\.6 % .* 3\.00\+\?$/m)
    expect(text).toContain('breakers  acme/b half-open  1 closed')
    expect(text).toContain('3 under way')
  })

  it('sorts rows by what is asked for', () => {
    const first = (sort: 'name' | 'failed' | 'spend' | 'requests') =>
      linesOf(facts(), { sort }).find((line) => /^(code|math)/.test(line))
    expect(first('requests')).toMatch(/^code/)
    expect(first('failed')).toMatch(/^math/)
    expect(first('spend')).toMatch(/^math/)
    expect(first('name')).toMatch(/^code/)
  })

  it.each([12, 24, 35])(
    'has no more lines than a screen of %i, and its keys where they fit',
    (rows) => {
      const lines = linesOf(facts(), { rows, hasKeys: true })
      expect(lines.length).toBeLessThanOrEqual(rows)
      if (rows >= 24) expect(lines.at(-1)).toContain('q quit')
      if (rows >= 24) expect(lines.join('\n')).toContain('more')
    },
  )

  it('is plain without colours, and red where a twentieth fails with them', () => {
    expect(linesOf(facts()).join('')).not.toContain('\u001b')
    const math = linesOf(facts(), {}, true).find((line) => line.includes('math'))
    expect(math).toContain('\u001b[31m')
  })

  it('says so where nothing ended, and why the server was not read', () => {
    const server = { url: 'http://x', breakers: [], values: {}, problem: 'not reached; start it' }
    const none = { ...facts(), routes: [], models: [], total: row('', 0), server }
    const text = linesOf(none).join('\n')
    expect(text).toContain('No request ended')
    expect(text).toContain('http://x not reached; start it')
  })
})

describe('a line of traffic', () => {
  it('is as wide as it may be, with the most as a full bar', () => {
    expect(sparkline([0, 1, 8], 10)).toBe(' ▁█')
    expect(
      sparkline(
        Array.from({ length: 60 }, () => 1),
        20,
      ),
    ).toHaveLength(20)
    expect(sparkline([], 10)).toBe('')
  })
})

describe('the facts of stats', () => {
  it('place requests at their minute, and sum up what routes came to', async () => {
    const atMs = Date.UTC(2026, 0, 2, 3, 4, 5)
    const minute = Date.UTC(2026, 0, 2, 3, 3)
    const asked: unknown[] = []
    const store = {
      usage: async (query: { by: string }) => {
        asked.push(query)
        return query.by === 'start' ? [row(`${minute}`, 7)] : [row('a', 4), row('b', 3)]
      },
      usageTimes: async () => [],
    }
    const read = await readStats(store as never, { window: '5m', atMs, server: null })
    expect(read.traffic).toEqual([0, 0, 0, 7, 0])
    expect(read.total).toMatchObject({ requests: 7, costUsd: 1, p50Ms: null })
    expect(asked[0]).toMatchObject({ grain: 'minute', toMs: Date.UTC(2026, 0, 2, 3, 5) })
  })
})

it('reads breakers and plain values off a scrape', () => {
  const text = [
    '# HELP signalbox_breaker_state x',
    'signalbox_breaker_state{provider="acme",model="a",state="open"} 1',
    'signalbox_breaker_state{provider="acme",model="a",state="closed"} 0',
    'signalbox_requests_in_flight 2',
    'nodejs_version_info{version="v20"} 1',
  ].join('\n')
  expect(readScrape(text)).toEqual({
    breakers: [{ provider: 'acme', model: 'a', state: 'open' }],
    values: { requests_in_flight: 2 },
  })
})
