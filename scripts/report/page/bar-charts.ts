// The report's bars: histograms of novelty and of realised risk, flips by kind, figures within a table.

import { escaped, type Markup } from '../../../src/dashboard/charts/html.ts'
import { percentTick, plot, px, ticksTo } from '../../../src/dashboard/charts/plot.ts'
import type { ConformalCheck } from '../../../src/quality/evaluation/conformal-check.ts'
import type { FlipCount } from '../../../src/quality/evaluation/flips.ts'
import type { NoneSetReport } from '../../../src/quality/evaluation/none-sets.ts'
import { percent } from '../../terminal/output.ts'

const title = (text: string): string => `<title>${escaped(text)}</title>`

/** In-scope and none of the above over the same bins of novelty, and where 95 % of the in-scope end. */
export const noveltyChart = ({ histogram, cut }: NoneSetReport): Markup => {
  const low = histogram[0]?.from ?? 0
  const high = histogram.at(-1)?.to ?? 1
  const highest = Math.max(0.01, ...histogram.flatMap(({ inside, outside }) => [inside, outside]))
  const ticks = ticksTo(highest)
  return plot(
    {
      width: 420,
      height: 260,
      x: {
        domain: [low, high],
        ticks: [0, 0.25, 0.5, 0.75, 1].map((share) => low + share * (high - low)),
        format: (value) => value.toFixed(1).replace('-0.0', '0.0').replace('-', '−'),
        label: 'novelty',
      },
      y: {
        domain: [0, ticks.at(-1) as number],
        ticks,
        format: percentTick,
        label: 'share of the set',
      },
      description: 'Novelty of in-scope prompts and of the set',
    },
    (at) => {
      const bars = histogram.map(({ from, to, inside, outside }) => {
        const half = (at.x(to) - at.x(from)) / 2
        const bar = (x: number, share: number, kind: string, name: string) =>
          `<rect class="${kind}" x="${px(x + 0.5)}" y="${px(at.y(share))}" width="${px(half - 1)}" height="${px(at.y(0) - at.y(share))}">${title(`${name}: ${percent(share)} from ${from.toFixed(2)} to ${to.toFixed(2)}`)}</rect>`
        return (
          bar(at.x(from), inside, 'one', 'in scope') +
          bar(at.x(from) + half, outside, 'two', 'none of the above')
        )
      })
      const isVisible = cut >= low && cut <= high
      const line = `<line class="limit" x1="${px(at.x(cut))}" x2="${px(at.x(cut))}" y1="${px(at.y(0))}" y2="${px(at.y(ticks.at(-1) as number))}">${title('95 % of the in-scope are below')}</line>`
      return bars.join('') + (isVisible ? line : '')
    },
  )
}

const RISK_BARS = 24

/** Rates are whole rows of the half that was measured: bars of as many rows each, or some would stay empty for no reason. */
const riskBars = ({ wrongRates, measuredRows, risk }: ConformalCheck) => {
  const highest = Math.max(risk * 1.25, wrongRates.at(-1) ?? 0) * measuredRows
  const rowsPerBar = Math.max(1, Math.ceil(highest / RISK_BARS))
  const bars = Array.from({ length: Math.ceil((highest + 1) / rowsPerBar) }, (_, i) => ({
    from: (i * rowsPerBar) / measuredRows,
    count: 0,
  }))
  for (const rate of wrongRates) {
    const bar = bars[Math.floor(Math.round(rate * measuredRows) / rowsPerBar)]
    if (bar) bar.count++
  }
  return { bars, width: rowsPerBar / measuredRows }
}

/** In how many splits each wrong-route rate came out, and the bound. */
export const riskHistogram = (check: ConformalCheck): Markup => {
  const { risk } = check
  const { bars, width } = riskBars(check)
  const ticks = ticksTo(Math.max(1, ...bars.map(({ count }) => count)))
  const rates = ticksTo(bars.length * width)
  const high = rates.at(-1) as number
  return plot(
    {
      width: 420,
      height: 240,
      x: {
        domain: [0, high],
        ticks: rates,
        format: (value) => `${(value * 100).toFixed(1)} %`,
        label: 'prompts sent to a wrong route',
      },
      y: {
        domain: [0, ticks.at(-1) as number],
        ticks,
        format: (value) => String(Math.round(value * 10) / 10),
        label: 'random splits',
      },
      description: 'Realised wrong-route rate over random splits, and its bound',
    },
    (at) => {
      const wide = at.x(width) - at.x(0)
      const drawn = bars.map(({ from, count }) => {
        const kind = from > risk ? 'two' : 'one'
        return `<rect class="${kind}" x="${px(at.x(from) + 0.5)}" y="${px(at.y(count))}" width="${px(wide - 1)}" height="${px(at.y(0) - at.y(count))}">${title(`${count} splits from ${percent(from)}`)}</rect>`
      })
      const bound = px(at.x(risk))
      return `${drawn.join('')}<line class="limit" x1="${bound}" x2="${bound}" y1="${px(at.y(0))}" y2="${px(at.y(ticks.at(-1) as number))}">${title(`bound ${percent(risk)}`)}</line>`
    },
  )
}

const LINE = 26
const NAMES = 118
const TRACK = 420

/** Share of rewritings that keep their route: a bar for this router, a ring for the plain ten-nearest vote. */
export const flipChart = (kinds: readonly FlipCount[]): Markup => {
  const lines = kinds.map((kind, i) => {
    const y = i * LINE + 6
    const kept = 1 - kind.flipRate
    const knn = 1 - kind.knnFlipRate
    return (
      `<text class="strong" x="${NAMES - 10}" y="${y + 11}" text-anchor="end">${escaped(kind.name)}</text>` +
      `<rect class="track" x="${NAMES}" y="${y}" width="${TRACK}" height="14" rx="3"/>` +
      `<rect class="one" x="${NAMES}" y="${y}" width="${px(kept * TRACK)}" height="14" rx="3">${title(`${kind.name}: ${percent(kept)} of ${kind.rows}`)}</rect>` +
      `<circle class="ring" cx="${px(NAMES + knn * TRACK)}" cy="${y + 7}" r="5">${title(`plain kNN-10: ${percent(knn)}`)}</circle>` +
      `<text x="${NAMES + TRACK + 10}" y="${y + 11}">${percent(kept)}</text>`
    )
  })
  const height = kinds.length * LINE + 6
  return {
    markup: `<svg viewBox="0 0 600 ${height}" style="max-width:760px" role="img" aria-label="Share of rewritings that keep their route, by kind">${lines.join('')}</svg>`,
  }
}

/** A share as a bar for a table's cell. */
export const cellBar = (share: number): Markup => ({
  markup: `<svg viewBox="0 0 180 10" style="max-width:220px" role="img" aria-label="${percent(share)}"><rect class="track" width="180" height="10" rx="3"/><rect class="one" width="${px(180 * share)}" height="10" rx="3"/></svg>`,
})

/** A share with its interval on a line from 0 to 100 %. */
export const intervalMark = (share: number, interval: [number, number]): Markup => ({
  markup: `<svg viewBox="0 0 180 14" role="img" aria-label="from ${percent(interval[0])} to ${percent(interval[1])}"><rect class="track" y="6" width="180" height="2"/><rect class="one-soft" x="${px(180 * interval[0])}" y="2" width="${px(Math.max(1.5, 180 * (interval[1] - interval[0])))}" height="10" rx="2"/><rect class="one" x="${px(180 * share - 1)}" y="1" width="2" height="12"/></svg>`,
})
