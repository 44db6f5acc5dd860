// Axes and scales for charts as inline SVG, of pages and of the report of an evaluation: no script, no style, nothing loaded.
import { escaped, type Markup } from './html.ts'

export interface Axis {
  domain: [low: number, high: number]
  ticks: readonly number[]
  format: (value: number) => string
  label: string
}

export interface PlotFrame {
  width: number
  height: number
  x: Axis
  y: Axis
  /** Says in words what the picture shows. */
  description: string
}

export interface Scales {
  x: (value: number) => number
  y: (value: number) => number
}

const MARGIN = { top: 10, right: 12, bottom: 40, left: 62 }

/** A coordinate with one decimal: files stay small, and nothing shows at that size. */
export const px = (value: number): string => (Number.isFinite(value) ? value.toFixed(1) : '0')

export const percentTick = (value: number): string => `${Math.round(value * 100)} %`

/** The axis of a share. */
export const SHARES: Pick<Axis, 'domain' | 'ticks' | 'format'> = {
  domain: [0, 1],
  ticks: [0, 0.25, 0.5, 0.75, 1],
  format: percentTick,
}

const scale = ([low, high]: [number, number], from: number, to: number) => {
  const span = high - low || 1
  return (value: number): number => from + ((value - low) / span) * (to - from)
}

/** Round steps from 0 to `max` or a little above, about four of them. */
export const ticksTo = (max: number): number[] => {
  const rough = Math.max(max, 1e-6) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 2.5, 5, 10].map((f) => f * power).find((s) => s >= rough) ?? rough
  return Array.from({ length: Math.ceil(max / step - 1e-6) + 1 }, (_, i) => i * step)
}

const gridOf = (
  { x, y }: PlotFrame,
  at: Scales,
  box: { right: number; bottom: number },
): string => {
  const lines = y.ticks.map(
    (tick) =>
      `<line class="grid" x1="${MARGIN.left}" x2="${box.right}" y1="${px(at.y(tick))}" y2="${px(at.y(tick))}"/>` +
      `<text x="${MARGIN.left - 8}" y="${px(at.y(tick) + 4)}" text-anchor="end">${escaped(y.format(tick))}</text>`,
  )
  const marks = x.ticks.map(
    (tick) =>
      `<text x="${px(at.x(tick))}" y="${box.bottom + 16}" text-anchor="middle">${escaped(x.format(tick))}</text>`,
  )
  const middle = (MARGIN.left + box.right) / 2
  const upright = (MARGIN.top + box.bottom) / 2
  return [
    ...lines,
    ...marks,
    `<line class="axis" x1="${MARGIN.left}" x2="${box.right}" y1="${box.bottom}" y2="${box.bottom}"/>`,
    `<text x="${px(middle)}" y="${box.bottom + 34}" text-anchor="middle">${escaped(x.label)}</text>`,
    `<text transform="translate(11 ${px(upright)}) rotate(-90)" text-anchor="middle">${escaped(y.label)}</text>`,
  ].join('')
}

/** A chart: axes, and what `draw` puts on them (SVG; its text must be escaped). */
export const plot = (frame: PlotFrame, draw: (at: Scales) => string): Markup => {
  const { width, height, x, y, description } = frame
  const box = { right: width - MARGIN.right, bottom: height - MARGIN.bottom }
  const at = {
    x: scale(x.domain, MARGIN.left, box.right),
    y: scale(y.domain, box.bottom, MARGIN.top),
  }
  return {
    markup: `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(description)}">${gridOf(frame, at, box)}${draw(at)}</svg>`,
  }
}

/** `M x y L x y …` */
export const pathOf = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${px(x)} ${px(y)}`).join('')
