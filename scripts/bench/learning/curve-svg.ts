// The learning curves as one picture that stands alone: accuracy on unseen prompts over requests, a panel for each set.
import type { SimulateResult } from './simulate.ts'

export interface Curve {
  name: string
  noisy: SimulateResult
  clean: SimulateResult
}

const PANEL = { width: 300, height: 230, left: 46, right: 12, top: 34, bottom: 40 }
const INK = {
  text: '#57606a',
  grid: '#d0d7de',
  noisy: '#0969da',
  clean: '#8c959f',
  refused: '#cf222e',
}

type Points = SimulateResult['points']

const text = (x: number, y: number, words: string, more = ''): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="${INK.text}" ${more}>${words}</text>`

const scalesOf = ({ noisy, clean }: Curve) => {
  const all = [...noisy.points, ...clean.points]
  const most = Math.max(...all.map(({ requests }) => requests), 1)
  const low = Math.floor(20 * Math.min(...all.map(({ best }) => best))) / 20
  const high = Math.ceil(20 * Math.max(...all.map(({ best }) => best))) / 20
  const { width, height, left, right, top, bottom } = PANEL
  const x = (requests: number) => left + (requests / most) * (width - left - right)
  const y = (share: number) =>
    height - bottom - ((share - low) / Math.max(0.05, high - low)) * (height - top - bottom)
  return { x, y, most, low, high }
}

const line = (points: Points, scales: ReturnType<typeof scalesOf>, style: string): string => {
  const path = points
    .map(({ requests, best }) => `${scales.x(requests).toFixed(1)},${scales.y(best).toFixed(1)}`)
    .join(' ')
  return `<polyline points="${path}" fill="none" ${style}/>`
}

const grid = (scales: ReturnType<typeof scalesOf>): string => {
  const { low, high, most } = scales
  const marks: string[] = []
  for (let share = low; share <= high + 1e-9; share += 0.05) {
    const y = scales.y(share)
    marks.push(
      `<line x1="${PANEL.left}" x2="${PANEL.width - PANEL.right}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}" stroke="${INK.grid}"/>`,
      text(PANEL.left - 6, y + 4, `${Math.round(100 * share)} %`, 'text-anchor="end"'),
    )
  }
  const step = 1_000 * Math.max(1, Math.ceil(most / 4_000))
  for (let requests = 0; requests <= most; requests += step) {
    const at = scales.x(requests)
    marks.push(text(at, PANEL.height - PANEL.bottom + 16, String(requests), 'text-anchor="middle"'))
  }
  return marks.join('')
}

const panel = (curve: Curve, i: number): string => {
  const scales = scalesOf(curve)
  const refused = curve.noisy.points.filter((point) => point.refused !== null)
  const dots = refused.map(
    ({ requests, best }) =>
      `<circle cx="${scales.x(requests).toFixed(1)}" cy="${scales.y(best).toFixed(1)}" r="2.5" fill="${INK.refused}"/>`,
  )
  return [
    `<g transform="translate(${i * PANEL.width} 0)">`,
    text(PANEL.left, 18, curve.name, 'font-weight="600" font-size="13"'),
    grid(scales),
    line(curve.clean.points, scales, `stroke="${INK.clean}" stroke-dasharray="4 3"`),
    line(curve.noisy.points, scales, `stroke="${INK.noisy}" stroke-width="2"`),
    ...dots,
    text(PANEL.left, PANEL.height - 6, 'requests', ''),
    '</g>',
  ].join('')
}

/** One SVG document without scripts, fonts or links. */
export const learningCurveSvg = (curves: readonly Curve[]): string => {
  const width = curves.length * PANEL.width
  const height = PANEL.height + 20
  const legend = [
    `<line x1="46" x2="66" y1="${height - 9}" y2="${height - 9}" stroke="${INK.noisy}" stroke-width="2"/>`,
    text(72, height - 5, '5 % of the corrections wrong'),
    `<line x1="262" x2="282" y1="${height - 9}" y2="${height - 9}" stroke="${INK.clean}" stroke-dasharray="4 3"/>`,
    text(288, height - 5, 'none wrong'),
    `<circle cx="378" cy="${height - 9}" r="2.5" fill="${INK.refused}"/>`,
    text(386, height - 5, 'build refused by the gate'),
  ]
  const said = curves.map(({ name, noisy }) => {
    const at = (i: number) => (100 * (noisy.points.at(i)?.best ?? 0)).toFixed(1)
    return `${name} from ${at(0)} to ${at(-1)} %`
  })
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="11" role="img">`,
    `<title>Accuracy on unseen prompts while feedback comes in: ${said.join(', ')}</title>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    ...curves.map(panel),
    ...legend,
    '</svg>\n',
  ].join('')
}
