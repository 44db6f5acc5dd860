// The whole confusion matrix as a picture: hits in one colour, mistakes in the other, by share of the label's rows.
import type { ConfusionMatrix } from '../../core/classifier/confusion-matrix.ts'
import { percent } from '../view/figures.ts'
import { escaped, type Markup } from './html.ts'
import { px } from './plot.ts'

/** Up to this many routes the cells hold their counts; up to the second, lines and columns their names. */
const MAX_WITH_COUNTS = 24
const MAX_WITH_NAMES = 80
const WIDTH = 1040
const MAX_NAME = 22

const shortened = (name: string): string =>
  name.length <= MAX_NAME ? name : `${name.slice(0, MAX_NAME - 1).toWellFormed()}…`

/** The abstention's column and the line of rows that no route fits have different names. */
const axisNames = (names: readonly string[]) => ({
  lines: names.map((name, i) => (i === names.length - 1 ? 'none of the above' : name)),
  columns: names.map((name, i) => (i === names.length - 1 ? 'no route' : name)),
})

/** Where the cells lie, in pixels, and what the axes are called. */
interface Grid extends ReturnType<typeof axisNames> {
  size: number
  margin: number
  cell: number
}

const gridOf = (names: readonly string[]): Grid => {
  const size = names.length
  const longest = Math.max(...names.map((name) => Math.min(MAX_NAME, name.length)), 17)
  const margin = size <= MAX_WITH_NAMES ? 12 + 6.6 * longest : 8
  return { ...axisNames(names), size, margin, cell: Math.min(44, (WIDTH - margin - 8) / size) }
}

const cellsOf = (counts: ConfusionMatrix['counts'], { size, margin, cell, ...axes }: Grid) =>
  counts.flatMap((line, row) => {
    const rows = line.reduce((sum, count) => sum + count, 0)
    return line.flatMap((count, column) => {
      if (count === 0) return []
      const share = count / rows
      const x = margin + column * cell
      const y = margin + row * cell
      const kind = row === column ? 'one' : 'two'
      const strength = (0.12 + 0.88 * Math.sqrt(share)).toFixed(2)
      const text = `${axes.lines[row]} → ${axes.columns[column]}: ${count} of ${rows} (${percent(share)})`
      const number =
        size <= MAX_WITH_COUNTS
          ? `<text class="${share > 0.3 ? 'on' : 'strong'}" x="${px(x + cell / 2)}" y="${px(y + cell / 2 + 4)}" text-anchor="middle">${count}</text>`
          : ''
      return [
        `<g><rect class="${kind}" opacity="${strength}" x="${px(x + 0.5)}" y="${px(y + 0.5)}" width="${px(cell - 1)}" height="${px(cell - 1)}"/>${number}<title>${escaped(text)}</title></g>`,
      ]
    })
  })

const labelsOf = ({ size, margin, cell, lines, columns }: Grid): string[] => {
  if (size > MAX_WITH_NAMES) return []
  const fontSize = Math.min(12, cell * 0.9).toFixed(1)
  return lines.map((line, i) => {
    const middle = margin + (i + 0.5) * cell
    return (
      `<text font-size="${fontSize}" x="${px(margin - 6)}" y="${px(middle + 3.5)}" text-anchor="end">${escaped(shortened(line))}</text>` +
      `<text font-size="${fontSize}" transform="translate(${px(middle + 3.5)} ${px(margin - 6)}) rotate(-90)">${escaped(shortened(columns[i] as string))}</text>`
    )
  })
}

export const matrixChart = ({ names, counts }: ConfusionMatrix): Markup => {
  const grid = gridOf(names)
  const { size, margin, cell } = grid
  const extent = margin + size * cell
  const frame = `<rect x="${px(margin)}" y="${px(margin)}" width="${px(size * cell)}" height="${px(size * cell)}" fill="none" class="axis"/>`
  return {
    markup: `<svg viewBox="0 0 ${px(extent + 8)} ${px(extent + 8)}" width="${px(extent + 8)}" role="img" aria-label="Confusion matrix of ${size - 1} routes">${frame}${cellsOf(counts, grid).join('')}${labelsOf(grid).join('')}</svg>`,
  }
}
