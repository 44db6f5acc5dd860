// What models are worth on a route: estimates of each, and the curve of cost and quality with the point that the target chooses.
import { costChart } from '../../charts/cost-chart.ts'
import { Drawing } from '../../charts/drawing.tsx'
import { address } from '../../view/address.ts'
import { count, percent, usd } from '../../view/figures.ts'
import { Badge, Card, Empty } from '../../view/parts.tsx'
import { Table } from '../../view/table.tsx'
import type { RouteOutcomes } from './outcome-figures.ts'

const perThousand = (costUsd: number): string => usd(costUsd * 1_000)

const Estimates = ({ outcomes }: { outcomes: RouteOutcomes }) => (
  <Table
    caption="Estimates of models"
    rows={outcomes.estimates}
    empty="None."
    columns={[
      { title: 'model', isWide: true, cell: ({ model }) => model },
      { title: 'estimated, at least', isNumber: true, cell: ({ estimated }) => percent(estimated) },
      { title: 'measured', isNumber: true, cell: ({ quality }) => percent(quality) },
      { title: '$ / 1,000', isNumber: true, cell: ({ costUsd }) => perThousand(costUsd) },
      { title: 'chosen', isNumber: true, cell: ({ share }) => percent(share, 0) },
    ]}
  />
)

const savedOf = ({ point, best }: RouteOutcomes['tune']): string => {
  const saved = best.cost > 0 ? 1 - point.cost / best.cost : 0
  return saved > 0 ? `, ${percent(saved, 0)} less than ${best.model} alone` : ''
}

const Point = ({ outcomes: { tune, isChoosing } }: { outcomes: RouteOutcomes }) => {
  const { target, point, best, prompts } = tune
  const aim = 'quality' in target ? percent(target.quality) : usd(target.usdPerDay)
  return (
    <>
      {isChoosing ? <Badge tone="good">in force</Badge> : <Badge>not in force</Badge>} To keep {aim}{' '}
      of the quality of {best.model}: {percent(point.quality)} at {perThousand(point.cost)} for
      1,000 prompts{savedOf(tune)}. Measured on {count(prompts)} held-out prompts
      {tune.wanted?.isSure === false ? ', too few to show that the target is kept' : ''}.
    </>
  )
}

const Choices = ({ routes, chosen }: { routes: readonly string[]; chosen: string }) => (
  <nav class="row" aria-label="Route of the curve">
    {routes.map((route) => (
      <a
        href={address('/models', { route })}
        aria-current={route === chosen ? 'true' : undefined}
        class="choice"
      >
        {route}
      </a>
    ))}
  </nav>
)

export const OutcomesCard = (props: {
  routes: readonly string[]
  outcomes: RouteOutcomes | null
}) => {
  const { routes, outcomes } = props
  if (outcomes === null) {
    return (
      <Card title="Cost and quality">
        <Empty>
          Nothing is learned of models yet. A route chooses by outcomes with{' '}
          <code>select: learned</code>; import an evaluation of its models with{' '}
          <code>signalbox outcomes import</code>, and rebuild.
        </Empty>
      </Card>
    )
  }
  return (
    <Card
      title={`Cost and quality of ${outcomes.route}`}
      aside={routes.length > 1 ? <Choices routes={routes} chosen={outcomes.route} /> : null}
    >
      <div class="grid">
        <Drawing markup={costChart(outcomes.tune)} size="large">
          The line is what choosing for each prompt reaches, grey dots what each model alone would;
          the large dot keeps the target, which is the dashed line.
        </Drawing>
        <div>
          <Estimates outcomes={outcomes} />
          <p class="note">
            <Point outcomes={outcomes} />
          </p>
        </div>
      </div>
    </Card>
  )
}
