// The first page: what came in, where it went, how long it took and what it cost, and what waits for a person.
import { z } from 'zod'
import type { UsagePercentiles, UsageTimeKind } from '../../../core/records/usage.ts'
import { definePage } from '../../request/part.ts'
import { useDesk } from '../../view/context.ts'
import { count, milliseconds, percent, usd } from '../../view/figures.ts'
import { Live } from '../../view/live.tsx'
import { Grid, Tile, Tiles } from '../../view/parts.tsx'
import { ErrorsChart, SpendChart, TimesChart, TrafficChart } from './charts.tsx'
import { HealthCard, readWaiting, WaitingCard } from './health.tsx'
import { type Overview, readOverview, total } from './read.ts'
import { SumsCard } from './sums.tsx'

const FAILED: ReadonlySet<string> = new Set(['failed', 'interrupted'])

const ofKind = (times: readonly UsagePercentiles[], kind: UsageTimeKind) =>
  times.find((one) => one.kind === kind)

const TimeTile = ({ name, times }: { name: string; times: UsagePercentiles | undefined }) => (
  <Tile
    name={name}
    value={milliseconds(times?.p50Ms ?? null)}
    note={`95 %: ${milliseconds(times?.p95Ms ?? null)} · 99 %: ${milliseconds(times?.p99Ms ?? null)}`}
  />
)

const Figures = ({ data }: { data: Overview }) => {
  const { outcomes, times } = data
  const requests = total(outcomes, (sum) => sum.requests)
  const failed = total(
    outcomes.filter(({ name }) => FAILED.has(name)),
    (sum) => sum.requests,
  )
  const unpriced = total(outcomes, (sum) => sum.unpriced)
  const tokens = total(outcomes, (sum) => sum.promptTokens + sum.completionTokens)
  return (
    <Tiles>
      <Tile name="Requests" value={count(requests)} note={`${count(tokens)} tokens`} />
      <Tile
        name="Failed"
        value={requests === 0 ? '–' : percent(failed / requests)}
        note={`${count(failed)} requests`}
        {...(failed > 0 && failed / requests > 0.05 ? { tone: 'bad' as const } : {})}
      />
      <TimeTile name="First token, median" times={ofKind(times, 'first_token')} />
      <TimeTile name="Answer, median" times={ofKind(times, 'answer')} />
      <Tile
        name="Spend"
        value={usd(total(outcomes, (sum) => sum.costUsd))}
        note={
          unpriced === 0 ? 'every price is known' : `and ${count(unpriced)} at an unknown price`
        }
      />
    </Tiles>
  )
}

const Charts = ({ data }: { data: Overview }) => {
  const { range } = useDesk()
  return (
    <Grid>
      <TrafficChart points={data.points} range={range} />
      <TimesChart times={data.timePoints} range={range} />
      <SpendChart points={data.points} range={range} />
      <ErrorsChart points={data.points} range={range} />
    </Grid>
  )
}

export const overview = definePage({
  path: '/',
  title: 'Overview',
  nav: 'Overview',
  hasRange: true,
  scripts: ['charts.js'],
  query: z.object({}),
  view: async (desk) => {
    const data = await readOverview(desk)
    const waiting = await readWaiting(desk)
    return (
      <Live id="overview">
        <Figures data={data} />
        <Charts data={data} />
        <Grid>
          <SumsCard title="Routes" by="route" sums={data.routes} times={data.routeTimes} />
          <SumsCard title="Models" by="model" sums={data.models} times={data.modelTimes} />
          <SumsCard title="Reasons" by="reason" sums={data.reasons} />
          <SumsCard title="Keys" by="key" sums={data.keys} />
        </Grid>
        <Grid>
          <WaitingCard waiting={waiting} />
          <HealthCard readiness={desk.deps.readiness()} />
        </Grid>
      </Live>
    )
  },
})
