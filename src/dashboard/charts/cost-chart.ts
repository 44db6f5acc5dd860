// The curve of cost and quality of a route: what choosing reaches, what each model alone would, and where the target stands.
import type { CostQuality } from '../../core/outcomes/cost-quality.ts'
import type { TuneReport } from '../../training/outcomes/tune-route.ts'
import { escaped, type Markup } from './html.ts'
import { type Axis, pathOf, percentTick, plot, px, type Scales, ticksTo } from './plot.ts'

type Drawn = Pick<TuneReport, 'route' | 'curve' | 'singles' | 'point' | 'wanted'>

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

const SIZE = { width: 560, height: 340 }
/** Longer names would leave the picture; the whole name is its title. */
const MOST_NAME = 28
const LINE_HEIGHT = 16

interface Label {
  model: string
  x: number
  y: number
}

/** The end tells more of a hosted model's name than its start. */
const shortName = (model: string): string =>
  model.length > MOST_NAME ? `…${model.slice(1 - MOST_NAME)}` : model

/** Labels at one side that would lie upon each other are set below one another. */
const spread = (labels: readonly Label[]): Label[] => {
  const placed: Label[] = []
  for (const label of [...labels].sort((a, b) => a.y - b.y)) {
    const above = placed.findLast(
      ({ x, y }) => Math.abs(x - label.x) < SIZE.width / 3 && label.y - y < LINE_HEIGHT,
    )
    placed.push(above ? { ...label, y: above.y + LINE_HEIGHT } : label)
  }
  return placed
}

/** To the left of a dot in the right half, so that no name leaves the picture. */
const named = ({ model, x, y }: Label): string => {
  const isLeft = x > SIZE.width / 2
  const at = `x="${px(isLeft ? x - 7 : x + 7)}" y="${px(y + 4)}"`
  const anchor = isLeft ? ' text-anchor="end"' : ''
  return `<text class="name" ${at}${anchor}>${escaped(shortName(model))}<title>${escaped(model)}</title></text>`
}

/** What the target asks for, where that is a quality. */
const wantedLine = (wanted: Drawn['wanted'], at: Scales, right: number): string => {
  if (wanted === null) return ''
  const y = px(at.y(wanted.quality))
  return `<line class="ideal" x1="${px(at.x(0))}" x2="${px(right)}" y1="${y}" y2="${y}"/>`
}

export const costChart = (drawn: Drawn): Markup => {
  const description = `Cost and quality of route ${drawn.route}`
  const axes = axesOf(drawn)
  return plot({ ...SIZE, ...axes, description }, (at: Scales) => {
    const place = ({ cost, quality }: CostQuality) => [at.x(cost * 1_000), at.y(quality)] as const
    const labels = drawn.singles.map((single) => {
      const [x, y] = place(single)
      return { model: single.model, x, y }
    })
    const dots = labels.map(({ x, y }) => dot(x, y, { r: 3.5, kind: 'single' }))
    const target = dot(...place(drawn.point), { r: 5, kind: 'point' })
    const line = `<path class="one-line" d="${pathOf(drawn.curve.map(place))}"/>`
    const wanted = wantedLine(drawn.wanted, at, at.x(axes.x.domain[1]))
    return [wanted, line, ...dots, target, ...spread(labels).map(named)].join('')
  })
}
