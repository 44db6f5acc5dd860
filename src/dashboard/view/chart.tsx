// A chart: drawn by charts.js (uPlot) out of a JSON attribute, with its figures as a table for everyone else. A page with one
// names `charts.js` among its scripts.
import { useDesk } from './context.ts'
import { count, milliseconds, percent, usd } from './figures.ts'
import { Table } from './table.tsx'
import { timeText } from './time.tsx'

export type ChartUnit = 'count' | 'ms' | 'usd' | 'share'

export interface Series {
  label: string
  /** Null leaves a gap. */
  values: readonly (number | null)[]
  /** Of assets/styles/palette.css. */
  color?: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 'bad'
  kind?: 'line' | 'area' | 'bars'
}

interface ChartProps {
  title: string
  /** Epoch milliseconds, rising, one for each value. */
  atMs: readonly number[]
  series: readonly Series[]
  unit: ChartUnit
  /** Each series stands on the ones before it. */
  isStacked?: boolean
  /** Pixels. */
  height?: number
}

const FORMATS: Record<ChartUnit, (value: number | null) => string> = {
  count,
  ms: milliseconds,
  usd,
  share: (value) => percent(value),
}

const specOf = ({ atMs, series, unit, isStacked = false, height = 180 }: ChartProps) => ({
  x: atMs.map((ms) => ms / 1_000),
  series: series.map(({ label, values, color, kind = 'line' }, i) => ({
    label,
    values,
    color: color ?? (i % 8) + 1,
    kind,
  })),
  unit,
  isStacked,
  height,
})

export const Chart = (props: ChartProps) => {
  const { zone } = useDesk()
  const { title, atMs, series, unit } = props
  const rows = atMs.map((ms, i) => ({ ms, values: series.map(({ values }) => values[i] ?? null) }))
  return (
    <figure class="chart">
      <div
        class="plot needs-script"
        role="img"
        aria-label={title}
        data-chart={JSON.stringify(specOf(props))}
      ></div>
      <details>
        <summary>{title} as a table</summary>
        <Table
          caption={title}
          rows={rows.toReversed()}
          empty="Nothing in this time."
          columns={[
            { title: 'time', cell: ({ ms }) => timeText(ms, zone) },
            ...series.map(({ label }, i) => ({
              title: label,
              isNumber: true,
              cell: ({ values }: (typeof rows)[number]) => FORMATS[unit](values[i] ?? null),
            })),
          ]}
        />
      </details>
    </figure>
  )
}
