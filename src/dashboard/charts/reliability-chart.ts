// The reliability diagram: what was claimed against what came true.
import type { Reliability } from '../../core/statistics/calibration.ts'
import { percent } from '../view/figures.ts'
import { escaped, type Markup } from './html.ts'
import { pathOf, plot, px, SHARES } from './plot.ts'

/** Dots on the diagonal keep their word; a dot's area is its share of the rows, and the bar is its gap. */
export const reliabilityChart = ({
  bins,
  binning,
}: Pick<Reliability, 'bins' | 'binning'>): Markup => {
  const rows = bins.reduce((sum, bin) => sum + bin.rows, 0)
  return plot(
    {
      width: 420,
      height: 320,
      x: { ...SHARES, label: 'claimed confidence' },
      y: { ...SHARES, label: 'share that was right' },
      description: `Reliability diagram, ten bins of equal ${binning}`,
    },
    (at) =>
      `<path class="ideal" d="${pathOf([
        [at.x(0), at.y(0)],
        [at.x(1), at.y(1)],
      ])}"/>` +
      bins
        .map((bin) => {
          const x = px(at.x(bin.confidence))
          const text = `${bin.rows} rows: claimed ${percent(bin.confidence)}, right ${percent(bin.accuracy)}`
          return (
            `<line class="gap" x1="${x}" x2="${x}" y1="${px(at.y(bin.confidence))}" y2="${px(at.y(bin.accuracy))}"/>` +
            `<circle class="dot" cx="${x}" cy="${px(at.y(bin.accuracy))}" r="${px(3.5 + 9 * Math.sqrt(bin.rows / rows))}"><title>${escaped(text)}</title></circle>`
          )
        })
        .join(''),
  )
}
