// Learning: what serves and how well, what waits for a person, the rebuild, the generations, and what is tried beside them.
import { z } from 'zod'
import type { GenerationList } from '../../../training/generations/list-generations.ts'
import type {
  DescribedGeneration,
  ListedGeneration,
} from '../../../training/generations/listed-generation.ts'
import type { RoutingReport } from '../../../training/reports/routing-report.ts'
import type { Desk } from '../../request/desk.ts'
import { definePage } from '../../request/part.ts'
import { Chart } from '../../view/chart.tsx'
import { Card, Empty, Grid } from '../../view/parts.tsx'
import { ArmsCard } from './arms-card.tsx'
import { GenerationTable, heldOutShare } from './generation-table.tsx'
import { HistoryTable } from './history-table.tsx'
import { RebuildCard } from './rebuild-card.tsx'
import { Reliability } from './reliability.tsx'
import { type LearningFigures, readFigures, State } from './state.tsx'

const MOST_EVENTS = 10

/** Accuracy and coverage of each generation, in the order in which they were built. */
const LearningCurve = ({ generations }: { generations: readonly ListedGeneration[] }) => {
  const built = generations.filter(
    ({ createdAtMs, heldOut }) => createdAtMs !== null && heldOut !== null,
  )
  const shares = (name: string) => built.map((one) => heldOutShare(one, name))
  return (
    <Card title="Learning curve">
      {built.length < 2 ? (
        <Empty>It is drawn from the second generation with held-out prompts on.</Empty>
      ) : (
        <Chart
          title="Accuracy and coverage of generations"
          atMs={built.map(({ createdAtMs }) => createdAtMs as number)}
          unit="share"
          series={[
            { label: 'accuracy', values: shares('accuracy') },
            { label: 'coverage', values: shares('coverage') },
            { label: 'right where routed', values: shares('selectiveAccuracy') },
          ]}
        />
      )}
    </Card>
  )
}

interface Read extends LearningFigures {
  list: GenerationList
  routing: RoutingReport | null
  history: DescribedGeneration['history']
}

const read = async (desk: Desk): Promise<Read> => {
  const { generations } = desk.deps.admin
  const list = await generations.list()
  const figures = await readFigures(desk, list)
  const described = figures.current && (await generations.get(figures.current.generation))
  const history = (await generations.history()).reverse().slice(0, MOST_EVENTS)
  return { ...figures, list, routing: described?.report?.routing ?? null, history }
}

export const learning = definePage({
  path: '/learning',
  title: 'Learning',
  nav: 'Learning',
  scripts: ['charts.js'],
  query: z.object({ before: z.coerce.number().int().positive().nullable().catch(null) }),
  view: async (desk, { query: { before } }) => {
    const { admin } = desk.deps
    const { list, routing, history, ...figures } = await read(desk)
    const arms = await admin.arms.describe()
    const state = admin.generations.rebuildState()
    return (
      <>
        <State figures={figures} />
        <Grid>
          <RebuildCard state={state} newVotes={figures.newVotes} />
          <ArmsCard arms={arms} generations={list.generations} />
        </Grid>
        <GenerationTable list={list} before={before} />
        <Grid>
          <LearningCurve generations={list.generations} />
          <Reliability routing={routing} />
        </Grid>
        <Card title="History">
          <HistoryTable events={history} />
        </Card>
      </>
    )
  },
})
