// Traffic, times, spend and failures over the range, each step of which stands there also where nothing came in.
import type { UsagePercentiles, UsagePoint, UsageTimeKind } from '../../../core/records/usage.ts'
import { stepsOf, type TimeRange } from '../../request/time-range.ts'
import { Chart, type Series } from '../../view/chart.tsx'
import { useDesk } from '../../view/context.ts'
import { Card } from '../../view/parts.tsx'

interface PointsProps {
  points: readonly UsagePoint[]
  range: TimeRange
}

/** Of each step. */
const sumsAt = (
  steps: readonly number[],
  points: readonly UsagePoint[],
  of: (point: UsagePoint) => number,
): number[] => {
  const sums = new Map<number, number>()
  for (const point of points) {
    sums.set(point.startMs, (sums.get(point.startMs) ?? 0) + of(point))
  }
  return steps.map((ms) => sums.get(ms) ?? 0)
}

const OUTCOMES: readonly { name: string; color: NonNullable<Series['color']> }[] = [
  { name: 'served', color: 1 },
  { name: 'client_closed', color: 7 },
  { name: 'interrupted', color: 2 },
  { name: 'failed', color: 'bad' },
]

const byOutcome = (steps: readonly number[], points: readonly UsagePoint[], name: string) =>
  sumsAt(steps, points, ({ outcome, requests }) => (outcome === name ? requests : 0))

export const TrafficChart = ({ points, range }: PointsProps) => {
  const steps = stepsOf(range, useDesk().nowMs)
  const series = OUTCOMES.map(({ name, color }) => ({
    label: name,
    color,
    kind: 'bars' as const,
    values: byOutcome(steps, points, name),
  })).filter(({ values }, i) => i === 0 || values.some((value) => value > 0))
  return (
    <Card title="Traffic">
      <Chart title="Requests by outcome" atMs={steps} unit="count" isStacked series={series} />
    </Card>
  )
}

export const ErrorsChart = ({ points, range }: PointsProps) => {
  const steps = stepsOf(range, useDesk().nowMs)
  const all = sumsAt(steps, points, ({ requests }) => requests)
  const failed = byOutcome(steps, points, 'failed')
  const cut = byOutcome(steps, points, 'interrupted')
  const values = all.map((requests, i) =>
    requests === 0 ? null : ((failed[i] ?? 0) + (cut[i] ?? 0)) / requests,
  )
  return (
    <Card title="Failures">
      <Chart
        title="Share of requests that failed or were cut"
        atMs={steps}
        unit="share"
        series={[{ label: 'failed or cut', color: 'bad', kind: 'area', values }]}
      />
    </Card>
  )
}

export const SpendChart = ({ points, range }: PointsProps) => {
  const steps = stepsOf(range, useDesk().nowMs)
  const values = sumsAt(steps, points, ({ costUsd }) => costUsd)
  return (
    <Card title="Spend" aside={<span class="note">of requests at a known price</span>}>
      <Chart
        title="Spend"
        atMs={steps}
        unit="usd"
        series={[{ label: 'USD', color: 3, kind: 'bars', values }]}
      />
    </Card>
  )
}

export const TimesChart = ({
  times,
  range,
}: {
  times: readonly UsagePercentiles[]
  range: TimeRange
}) => {
  const steps = stepsOf(range, useDesk().nowMs)
  const valuesOf = (kind: UsageTimeKind, of: (one: UsagePercentiles) => number) => {
    const at = new Map(
      times.filter((one) => one.kind === kind).map((one) => [one.startMs, of(one)]),
    )
    return steps.map((ms) => at.get(ms) ?? null)
  }
  return (
    <Card title="Latency">
      <Chart
        title="First token and whole answer"
        atMs={steps}
        unit="ms"
        series={[
          {
            label: 'first token, median',
            color: 1,
            values: valuesOf('first_token', (t) => t.p50Ms),
          },
          { label: 'first token, 95 %', color: 6, values: valuesOf('first_token', (t) => t.p95Ms) },
          { label: 'answer, median', color: 4, values: valuesOf('answer', (t) => t.p50Ms) },
          { label: 'answer, 95 %', color: 5, values: valuesOf('answer', (t) => t.p95Ms) },
        ]}
      />
    </Card>
  )
}
