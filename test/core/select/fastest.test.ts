// Speed on a simulated clock: a model that turns slow loses its share and gets it back, and equals share alike.
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/statistics/random.ts'
import {
  createTargetSpeed,
  type TargetSpeed,
} from '../../../src/upstream/resilience/target-speed.ts'
import { candidateOf, propensitiesOf, select } from '../../support/candidates.ts'

const MODELS = ['a', 'b', 'c'] as const
type Model = (typeof MODELS)[number]

interface Simulation {
  /** Milliseconds to the first token of a call that begins now. */
  latency: (model: Model) => number
  /** Between two requests; shorter than the latency where they overlap. */
  everyMs: number
  seed: number
}

/** Requests come at even intervals; answers arrive when they are due. */
const simulate = ({ latency, everyMs, seed }: Simulation) => {
  let nowMs = 0
  const random = createRandom(seed)
  const speeds = new Map<Model, TargetSpeed>(
    MODELS.map((model) => [model, createTargetSpeed(() => nowMs)]),
  )
  let due: { atMs: number; arrive: () => void }[] = []
  const passTo = (endMs: number): void => {
    if (due.every(({ atMs }) => atMs > endMs)) {
      nowMs = endMs
      return
    }
    for (const { atMs, arrive } of due.toSorted((a, b) => a.atMs - b.atMs)) {
      if (atMs > endMs) continue
      nowMs = atMs
      arrive()
    }
    due = due.filter(({ atMs }) => atMs > endMs)
    nowMs = endMs
  }
  const ask = (): Model => {
    const candidates = MODELS.map((model) => candidateOf(model, speeds.get(model)?.view()))
    const model = select('fastest', { candidates, random })[0]?.model as Model
    const call = speeds.get(model)?.begin()
    const takes = latency(model) * (0.8 + 0.4 * random())
    due.push({
      atMs: nowMs + takes,
      arrive: () => {
        call?.first()
        call?.last(0)
      },
    })
    passTo(nowMs + everyMs)
    return model
  }
  return { ask: (times: number): Model[] => Array.from({ length: times }, ask) }
}

/** Ten times the usual for the first call of a model. */
const slowStart = (slow: Model) => {
  let isFirst = true
  return (model: Model): number => {
    if (model !== slow || !isFirst) return 200
    isFirst = false
    return 2_000
  }
}

const shareOf = (model: Model, asked: readonly Model[]): number =>
  asked.filter((one) => one === model).length / asked.length

const SEEDS = Array.from({ length: 10 }, (_, i) => i + 1)
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

describe.each([
  ['one after the other', 1_000],
  ['twenty at a time', 10],
])('requests that come %s', (_, everyMs) => {
  it('are shared by equals within ten points', () => {
    for (const seed of SEEDS) {
      const asked = simulate({ latency: () => 200, everyMs, seed }).ask(2_000)
      for (const model of MODELS) expect(Math.abs(shareOf(model, asked) - 1 / 3)).toBeLessThan(0.1)
    }
  })

  it('give a model that was slow at its first call its share within a minute', () => {
    const shares = SEEDS.map((seed) => {
      const simulation = simulate({ latency: slowStart('a'), everyMs, seed })
      simulation.ask(Math.ceil(60_000 / everyMs))
      return shareOf('a', simulation.ask(300))
    })
    expect(Math.abs(mean(shares) - 1 / 3)).toBeLessThan(0.1)
  })

  it('leave a model that turns slow within twenty, and come back to it after its recovery', () => {
    const slow: number[] = []
    const recovered: number[] = []
    for (const seed of SEEDS) {
      let isSlow = false
      const latency = (model: Model) => (model === 'b' && isSlow ? 2_000 : 200)
      const simulation = simulate({ latency, everyMs, seed })
      simulation.ask(200)
      isSlow = true
      simulation.ask(20)
      slow.push(shareOf('b', simulation.ask(300)))
      isSlow = false
      simulation.ask(Math.ceil(300_000 / everyMs))
      recovered.push(shareOf('b', simulation.ask(600)))
    }
    expect(mean(slow)).toBeLessThan(0.05)
    expect(Math.min(...recovered)).toBeGreaterThan(0.2)
  })
})

describe('a choice by speed', () => {
  const known = { isStale: false, tokensPerSecond: 100 }

  it('counts the time that the answer takes to write', () => {
    const quickStart = candidateOf('a', { ...known, firstTokenMs: 100, tokensPerSecond: 10 })
    const quickEnd = candidateOf('b', { ...known, firstTokenMs: 900 })
    const chances = propensitiesOf(select('fastest', { candidates: [quickStart, quickEnd] }))
    expect(chances.b).toBeGreaterThan(0.9)
  })

  it('makes the first three calls of a model at once', () => {
    const at = (calls: number) => [
      candidateOf('a', { ...known, firstTokenMs: 100 }),
      candidateOf('b', { calls }),
    ]
    expect(propensitiesOf(select('fastest', { candidates: at(2) })).b).toBe(1)
    expect(propensitiesOf(select('fastest', { candidates: at(3) })).b).toBeLessThan(0.1)
  })

  it('sends a small share to a model that it knows nothing of', () => {
    const candidates = [candidateOf('a', { ...known, firstTokenMs: 100 }), candidateOf('b')]
    const chances = propensitiesOf(select('fastest', { candidates }))
    expect(chances.b).toBeCloseTo(0.04)
  })

  it('finds all of them out where it knows nothing', () => {
    const chances = propensitiesOf(
      select('fastest', { candidates: MODELS.map((model) => candidateOf(model)) }),
    )
    for (const model of MODELS) expect(chances[model]).toBeCloseTo(1 / 3)
  })

  it('sends nothing to two slow models, though two of three are drawn', () => {
    const candidates = [
      candidateOf('a', { ...known, firstTokenMs: 100, completionTokens: 0 }),
      candidateOf('b', { ...known, firstTokenMs: 3_000, completionTokens: 0 }),
      candidateOf('c', { ...known, firstTokenMs: 3_000, completionTokens: 0 }),
    ]
    expect(propensitiesOf(select('fastest', { candidates }))).toEqual({ a: 1, b: 0, c: 0 })
  })

  it('stays with a conversation’s model unless that is half as slow again', () => {
    const pair = (ms: number) => [
      candidateOf('a', { ...known, firstTokenMs: ms, completionTokens: 0 }),
      candidateOf('b', { ...known, firstTokenMs: 100, completionTokens: 0 }),
    ]
    const held = { model: 'a', isToolLoop: false }
    expect(select('fastest', { candidates: pair(140), held })[0]).toEqual({
      model: 'a',
      propensity: 1,
    })
    expect(select('fastest', { candidates: pair(900), held })[0]?.model).toBe('b')
  })
})
