// The curve of cost and quality of a route: what choosing reaches, what each model alone would, and where the target stands.
import type { CostQuality } from '../../core/outcomes/cost-quality.ts'
import type { TuneReport } from '../../training/outcomes/tune-route.ts'
import { escaped, type Markup } from './html.ts'
import { type Axis, pathOf, percentTick, plot, px, type Scales, ticksTo } from './plot.ts'

type Drawn = Pick<TuneReport, 'route' | 'curve' | 'singles' | 'point'>

const dot = (x: number, y: number, { r, kind }: { r: number; kind: string }): string =>
  `<circle class="${kind}" cx="${px(x)}" cy="${px(y)}" r="${r}"/>`

const axesOf = ({ curve, singles }: Drawn): { x: Axis; y: Axis } => {
  const all = [...curve, ...singles]
  const costs = ticksTo(Math.max(...all.map(({ cost }) => cost * 1_000)))
  const low = Math.floor(10 * Math.min(...all.map(({ quality }) => quality))) / 10
  const high = Math.ceil(10 * Math.max(...all.map(({ quality }) => quality))) / 10
  const steps = Math.max(1, Math.round((high - low) * 10))
  return {
    x: {
      domain: [0, costs.at(-1) as number],
      ticks: costs,
      format: (value) => String(Number(value.toPrecision(3))),
      label: 'USD per 1,000 prompts',
    },
    y: {
      domain: [low, high],
      ticks: Array.from({ length: steps + 1 }, (_, i) => low + i / 10),
      format: percentTick,
      label: 'quality',
    },
  }
}

export const costChart = (drawn: Drawn): Markup => {
  const description = `Cost and quality of route ${drawn.route}`
  return plot({ width: 560, height: 340, ...axesOf(drawn), description }, (at: Scales) => {
    const place = ({ cost, quality }: CostQuality) => [at.x(cost * 1_000), at.y(quality)] as const
    const singles = drawn.singles.map((single) => {
      const [x, y] = place(single)
      const name = `<text x="${px(x + 6)}" y="${px(y + 4)}">${escaped(single.model)}</text>`
      return dot(x, y, { r: 3, kind: 'single' }) + name
    })
    const target = dot(...place(drawn.point), { r: 5, kind: 'point' })
    return `<path class="one-line" d="${pathOf(drawn.curve.map(place))}"/>${singles.join('')}${target}`
  })
}
