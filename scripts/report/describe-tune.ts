// The curve of cost and quality of a route, as lines and as a picture that stands alone.
import type { CostQuality } from '../../src/core/outcomes/cost-quality.ts'
import { costChart } from '../../src/dashboard/charts/cost-chart.ts'
import type { TuneReport } from '../../src/training/outcomes/tune-route.ts'
import { percent } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'

const MOST_STEPS = 12
const perThousand = (cost: number): string => (cost * 1_000).toFixed(4)

/** Evenly spread over the curve, both ends among them. */
const thinned = (curve: readonly CostQuality[]): CostQuality[] => {
  if (curve.length <= MOST_STEPS) return [...curve]
  const last = curve.length - 1
  return Array.from(
    { length: MOST_STEPS },
    (_, i) => curve[Math.round((i * last) / (MOST_STEPS - 1))] as CostQuality,
  )
}

const aimOf = ({ target, best }: TuneReport): string =>
  'quality' in target
    ? `${percent(target.quality)} of the quality of ${best.model}`
    : `${target.usdPerDay} USD a day for ${target.requestsPerDay} requests`

const sureness = ({ wanted, prompts }: TuneReport): string[] => {
  if (wanted === null) return []
  const asked = `  The target asks for ${wanted.quality.toFixed(4)}`
  return [
    wanted.isSure
      ? `${asked}; what is above it makes sure of it on ${prompts} prompts (95 %, to a quarter of a point).`
      : `${asked}; no point is sure to keep it by ${prompts} prompts, this one is nearest.`,
  ]
}

export const describeTune = (report: TuneReport): string[] => {
  const { point, best, share } = report
  const used = Object.entries(share).filter(([, part]) => part > 0)
  return [
    `Route ${report.route}: ${report.models.length} models on ${report.prompts} held-out prompts.`,
    '',
    ...table([
      ['learned: USD per 1,000', 'quality'],
      ...thinned(report.curve).map(({ cost, quality }) => [perThousand(cost), quality.toFixed(4)]),
    ]),
    '',
    ...table([
      ['always the same', 'USD per 1,000', 'quality'],
      ...report.singles.map(({ model, cost, quality }) => [
        model,
        perThousand(cost),
        quality.toFixed(4),
      ]),
    ]),
    '',
    `For ${aimOf(report)}: quality ${point.quality.toFixed(4)} at ${perThousand(point.cost)} USD per 1,000;`,
    `  ${best.model} alone has ${best.quality.toFixed(4)} at ${perThousand(best.cost)} (${percent(1 - point.cost / best.cost)} saved).`,
    ...sureness(report),
    `  ${used.map(([model, part]) => `${model} ${percent(part)}`).join(', ')}`,
    '',
    ...(report.plan.length === 0
      ? ['The configuration says so already.']
      : [
          'The configuration would change:',
          ...report.plan.map(
            ({ path, before, after }) =>
              `  ${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`,
          ),
        ]),
  ]
}

const INK = {
  text: '#57606a',
  grid: '#d0d7de',
  line: '#0969da',
  single: '#8c959f',
  point: '#cf222e',
}
const STYLE = `<style>text{fill:${INK.text};font:11px system-ui,sans-serif}.grid{stroke:${INK.grid}}.axis{stroke:${INK.text}}.one-line{stroke:${INK.line};fill:none;stroke-width:2}.single{fill:${INK.single}}.point{fill:${INK.point}}.ideal{stroke:${INK.grid};stroke-dasharray:4 4}.name{stroke:#fff;stroke-width:3px;paint-order:stroke}</style>`

/** One SVG document without scripts, fonts or links. */
export const tuneSvg = (report: TuneReport): string =>
  costChart(report)
    .markup.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" width="560" height="340" ')
    .replace('>', `>${STYLE}`)
