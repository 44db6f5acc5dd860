// The learning curves as one picture that stands alone: accuracy on unseen prompts over requests, a panel for each set.
import { escaped } from '../../../src/dashboard/charts/html.ts'
import { pathOf, percentTick, plot, px, ticksTo } from '../../../src/dashboard/charts/plot.ts'
import type { SimulateResult } from './simulate.ts'

export interface Curve {
  name: string
  noisy: SimulateResult
  clean: SimulateResult
}

const PANEL = { width: 300, height: 230 }
const HEAD = 24
const STYLE =
  '<style>text{fill:#57606a;font:11px system-ui,sans-serif}.name{font-weight:600;font-size:13px}.grid{stroke:#d0d7de}.axis{stroke:#57606a}' +
  '.noisy{stroke:#0969da;fill:none;stroke-width:2}.clean{stroke:#8c959f;fill:none;stroke-dasharray:4 3}.refused{fill:#cf222e}</style>'

/** Steps of five points that hold all of these shares. */
const shareTicks = (shares: readonly number[]): number[] => {
  const low = Math.floor(20 * Math.min(...shares))
  const high = Math.max(low + 1, Math.ceil(20 * Math.max(...shares)))
  return Array.from({ length: high - low + 1 }, (_, i) => (low + i) / 20)
}

const panel = ({ name, noisy, clean }: Curve, i: number): string => {
  const all = [...noisy.points, ...clean.points]
  const x = ticksTo(Math.max(...all.map(({ requests }) => requests), 1))
  const y = shareTicks(all.map(({ best }) => best))
  const domainOf = (ticks: number[]): [number, number] => [ticks[0] ?? 0, ticks.at(-1) ?? 1]
  const chart = plot(
    {
      ...{ ...PANEL, description: name },
      x: { domain: domainOf(x), ticks: x, format: String, label: 'requests' },
      y: { domain: domainOf(y), ticks: y, format: percentTick, label: 'right' },
    },
    (at) => {
      const placesOf = (points: SimulateResult['points']) =>
        points.map(({ requests, best }) => [at.x(requests), at.y(best)] as const)
      const dots = placesOf(noisy.points.filter(({ refused }) => refused !== null))
      return [
        `<path class="clean" d="${pathOf(placesOf(clean.points))}"/>`,
        `<path class="noisy" d="${pathOf(placesOf(noisy.points))}"/>`,
        ...dots.map(
          ([cx, cy]) => `<circle class="refused" cx="${px(cx)}" cy="${px(cy)}" r="2.5"/>`,
        ),
      ].join('')
    },
  )
  const place = `overflow="visible" x="${i * PANEL.width}" y="${HEAD}" width="${PANEL.width}" height="${PANEL.height}"`
  const title = `<text class="name" x="${i * PANEL.width + 62}" y="18">${escaped(name)}</text>`
  return title + chart.markup.replace('<svg ', `<svg ${place} `)
}

/** One SVG document without scripts, fonts or links. */
export const learningCurveSvg = (curves: readonly Curve[]): string => {
  const [width, height] = [curves.length * PANEL.width, HEAD + PANEL.height + 20]
  const y = height - 9
  const legend = [
    `<path class="noisy" d="M46 ${y}H66"/><text x="72" y="${y + 4}">5 % of the corrections wrong</text>`,
    `<path class="clean" d="M242 ${y}H262"/><text x="268" y="${y + 4}">none wrong</text>`,
    `<circle class="refused" cx="348" cy="${y}" r="2.5"/><text x="356" y="${y + 4}">build refused by the gate</text>`,
  ]
  const said = curves.map(({ name, noisy }) => {
    const at = (i: number) => (100 * (noisy.points.at(i)?.best ?? 0)).toFixed(1)
    return `${name} from ${at(0)} to ${at(-1)} %`
  })
  const title = `Accuracy on unseen prompts while feedback comes in: ${said.join(', ')}`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>${STYLE}<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...curves.map(panel),
    ...legend,
    '</svg>\n',
  ].join('')
}
