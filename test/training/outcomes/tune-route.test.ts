// The curve of a route on held-out outcomes, the point that keeps a target, the plan, and the two ways in which it is shown.
import { describe, expect, it } from 'vitest'
import { describeTune, tuneSvg } from '../../../scripts/report/describe-tune.ts'
import { checkConfig } from '../../../src/config/load-config.ts'
import { type TuneTarget, tuneRoute } from '../../../src/training/outcomes/tune-route.ts'
import { COSTS, MODELS, madeOutcomes, QUALITY } from '../../support/made-outcomes.ts'

const configOf = (models: string[], select: unknown = 'first') =>
  checkConfig(
    {
      providers: { demo: { kind: 'echo' } },
      models: Object.fromEntries(
        [...MODELS, 'new'].map((name) => [name, { provider: 'demo', name }]),
      ),
      routes: { code: { models, select } },
      default_route: 'code',
    },
    'the test configuration',
  )

const { table } = madeOutcomes(400, 3)
const trueQuality = table.scores.data.map(
  (_, at) => QUALITY[Math.floor(at / 3) % 2]?.[at % 3] as number,
)
const learned = {
  models: MODELS,
  heldOut: {
    labels: [...table.labels],
    quality: { ...table.scores, data: trueQuality },
    halfWidth: { ...table.scores, data: new Float32Array(trueQuality.length) },
    cost: table.costs,
    scores: table.scores,
    costs: table.costs,
  },
}

const tune = (target: TuneTarget, models = MODELS, select: unknown = 'first') =>
  tuneRoute(configOf(models, select), learned, { route: 'code', target })

describe('tuning a route', () => {
  it('finds the cheapest point that keeps the target, and what the configuration would say', () => {
    const report = tune({ quality: 0.9 })
    expect(report.best.model).toBe('dear')
    expect(report.point.quality).toBeGreaterThanOrEqual(0.9 * report.best.quality)
    expect(report.point.cost).toBeLessThan(0.5 * (COSTS[2] as number))
    expect(report.plan).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'routes.code.select.policy', after: 'learned' }),
        expect.objectContaining({ path: 'routes.code.select.target.quality', after: 0.9 }),
      ]),
    )
    const costs = report.curve.map(({ cost }) => cost)
    expect(costs).toEqual([...costs].sort((a, b) => a - b))
  })

  it('finds the best point that a day’s money pays for', () => {
    const target = { usdPerDay: 3, requestsPerDay: 1_000 }
    const { point } = tune(target)
    expect(point.cost).toBeLessThanOrEqual(0.003)
    expect(point.quality).toBeGreaterThan(0.8)
  })

  it('says where no point is sure to keep the target', () => {
    // Estimates that are wrong throughout: at no price is the best model, which is always right, chosen.
    const data = table.scores.data.map((score, at) => (at % 3 === 2 ? 1 : score))
    const scores = { ...table.scores, data }
    const quality = { ...scores, data: data.map((value) => 1 - value) }
    const heldOut = { ...learned.heldOut, scores, quality }
    const found = tuneRoute(
      configOf(MODELS),
      { models: MODELS, heldOut },
      {
        route: 'code',
        target: { quality: 1 },
      },
    )
    expect(found.wanted?.isSure).toBe(false)
    expect(describeTune(found).join('\n')).toContain('no point is sure to keep it')
  })

  it('plans nothing where the configuration says so already', () => {
    const select = { policy: 'learned', target: { quality: 0.9 } }
    const { plan } = tune({ quality: 0.9 }, MODELS, select)
    expect(plan).toEqual([])
  })

  it('refuses a route whose models outcomes do not know', () => {
    expect(() => tune({ quality: 1 }, ['dear', 'new'])).toThrow(/fewer than two of dear, new/)
  })

  it('names the routes there are where one is asked for that is not', () => {
    const wanted = { route: 'toString', target: { quality: 1 } }
    expect(() => tuneRoute(configOf(MODELS), learned, wanted)).toThrow(
      'There is no route "toString". Routes: code.',
    )
  })

  it('is shown as lines, and as a picture that loads nothing', () => {
    const report = tune({ quality: 0.9 })
    const text = describeTune(report).join('\n')
    expect(text).toContain('For 90.0 % of the quality of dear')
    expect(text).toContain('routes.code.select')
    expect(text).toContain('makes sure of it on 400 prompts')
    const svg = tuneSvg(report)
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/)
    expect(svg).toContain('verse')
    expect(svg).not.toMatch(/href|script|url\(/)
  })
})
