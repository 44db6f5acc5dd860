// Draws `[data-chart]` with uPlot, which stands before this in the same file with palette.js; again when the theme or the page changes.
;(() => {
  const FORMATS = {
    count: (value) =>
      value >= 10_000
        ? Intl.NumberFormat('en', { notation: 'compact' }).format(value)
        : String(Math.round(value * 100) / 100),
    ms: (value) =>
      value >= 1_000 ? `${+(value / 1_000).toFixed(2)} s` : `${+value.toFixed(1)} ms`,
    usd: (value) => `$${+value.toPrecision(3)}`,
    share: (value) => `${+(value * 100).toFixed(1)} %`,
  }
  const colorOf = (color) => styleOf(typeof color === 'number' ? `c${color}` : color)

  /** What is drawn for each series: its values, or with those before it. */
  const heights = ({ series, isStacked }) => {
    if (!isStacked) return series.map(({ values }) => values)
    const sums = series[0] ? series[0].values.map(() => 0) : []
    return series.map(({ values }) =>
      values.map((value, i) => {
        sums[i] += value ?? 0
        return sums[i]
      }),
    )
  }

  const seriesOf = ({ label, color, kind, values }, format) => {
    const stroke = colorOf(color)
    const shape = {
      line: { width: 1.6 },
      area: { width: 1.2, fill: `color-mix(in srgb, ${stroke} 33%, transparent)` },
      bars: { width: 0, fill: stroke, paths: uPlot.paths.bars({ size: [0.85, 60], align: 1 }) },
    }[kind]
    const valueText = (_plot, _drawn, _series, i) => (i === null ? '' : format(values[i] ?? 0))
    // A line through one value is none: without neighbours a value is a point.
    const isLone = values.filter((value) => value !== null).length < 3
    return { label, stroke, points: { show: isLone, size: 5 }, value: valueText, ...shape }
  }

  const axis = (extra) => ({
    stroke: styleOf('muted'),
    grid: { stroke: styleOf('line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui',
    ...extra,
  })

  const draw = (element) => {
    const spec = JSON.parse(element.dataset.chart)
    const format = FORMATS[spec.unit]
    const stacked = heights(spec)
    // The highest of a stack is drawn first, so that the others stand before it.
    const order = spec.series.map((_, i) => i)
    if (spec.isStacked) order.reverse()
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
    element.replaceChildren()
    element.plot = new uPlot(
      {
        width: Math.max(200, element.clientWidth),
        height: spec.height,
        tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), timeZone || 'UTC'),
        cursor: { points: { show: !spec.isStacked }, drag: { x: false, y: false } },
        legend: { live: true },
        // The last step also takes its room.
        scales: {
          x: { range: (_plot, low, high) => [low, high + (spec.x[1] - spec.x[0] || 0)] },
          y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.08 : 1] },
        },
        axes: [
          axis({ size: 40 }),
          axis({ size: 58, values: (_plot, ticks) => ticks.map((tick) => format(tick)) }),
        ],
        series: [{}, ...order.map((i) => seriesOf(spec.series[i], format))],
      },
      [spec.x, ...order.map((i) => stacked[i])],
      element,
    )
  }

  const drawAll = () => {
    for (const element of document.querySelectorAll('[data-chart]')) draw(element)
  }
  const drawNew = () => {
    for (const element of document.querySelectorAll('[data-chart]')) {
      if (!element.plot) draw(element)
    }
  }

  let waiting = 0
  addEventListener('resize', () => {
    cancelAnimationFrame(waiting)
    waiting = requestAnimationFrame(drawAll)
  })
  document.addEventListener('desk:theme', drawAll)
  document.addEventListener('htmx:afterSettle', drawNew)
  document.addEventListener('DOMContentLoaded', drawNew)
})()
