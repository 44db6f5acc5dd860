// What is done with generations: rebuilt, promoted, rolled back, replayed, tried as a shadow or a canary. Each calls what the
// endpoint under /admin calls.
import { z } from 'zod'
import type { DescribedArms } from '../../../arms/describe-arms.ts'
import type { Desk } from '../../request/desk.ts'
import { type Acted, defineAction, defineFragment } from '../../request/part.ts'
import { address } from '../../view/address.ts'
import { ArmsCard } from './arms-card.tsx'
import { generationIn, generationPath } from './generation-path.ts'
import { GenerationTable } from './generation-table.tsx'
import { RebuildCard } from './rebuild-card.tsx'
import { ReplayCard } from './replay-card.tsx'
import { readFigures, readNewVotes, State } from './state.tsx'

const ENDED_BY_HAND = 'Ended by hand.'

const generationNumber = z.coerce.number().int().positive()

const rebuildCard = async (desk: Desk) => (
  <RebuildCard
    state={desk.deps.admin.generations.rebuildState()}
    newVotes={await readNewVotes(desk)}
  />
)

/** Once it has ended, everything on the page may be another. */
const PageAnew = () => (
  <div
    id="rebuild"
    class="card"
    hx-get={address('/learning')}
    hx-trigger="load"
    hx-select="#main"
    hx-target="#main"
    hx-swap="outerHTML"
  ></div>
)

const rebuildState = defineFragment({
  path: '/learning/rebuild',
  query: z.object({}),
  view: (desk) =>
    desk.deps.admin.generations.rebuildState().running === null ? <PageAnew /> : rebuildCard(desk),
})

const rebuild = defineAction({
  path: '/learning/rebuild',
  form: z.object({ promote: z.enum(['auto', 'never']) }),
  run: async (desk, { form: { promote } }) => {
    const author = desk.principal.id
    await desk.deps.admin.generations.rebuild({ author, trigger: 'api', promote })
    return { to: '/learning', fragment: await rebuildCard(desk), notice: 'The rebuild has begun.' }
  },
})

const moved = async (desk: Desk, notice: string): Promise<Acted> => {
  const list = await desk.deps.admin.generations.list()
  const figures = await readFigures(desk, list)
  const fragment = (
    <>
      <GenerationTable list={list} before={null} />
      <State figures={figures} isBeside />
    </>
  )
  return { to: '/learning', fragment, notice }
}

const promote = defineAction({
  path: '/learning/generations/:number/promote',
  form: z.object({
    reason: z.string().max(500).optional(),
    force: z.string().optional(),
    /** On the generation's own page. */
    stays: z.string().optional(),
  }),
  run: async (desk, { form, params }) => {
    const number = generationIn(params)
    await desk.deps.admin.generations.promote(number, {
      author: desk.principal.id,
      reason: form.reason ?? null,
      force: form.force === 'yes',
    })
    if (form.stays === 'yes') return { to: generationPath(number) }
    return moved(desk, `Generation ${number} serves.`)
  },
})

const rollBack = defineAction({
  path: '/learning/roll-back',
  form: z.object({}),
  run: async (desk) => {
    const { to } = await desk.deps.admin.generations.rollBack({ author: desk.principal.id })
    return moved(desk, `Generation ${to} serves again.`)
  },
})

const replayCard = async ({ deps }: Desk, number: number) => {
  const { report } = await deps.admin.generations.get(number)
  const state = deps.admin.replays.state()
  return <ReplayCard number={number} built={report?.gate?.replay ?? null} state={state} />
}

const replay = defineAction({
  path: '/learning/generations/:number/replay',
  form: z.object({}),
  run: async (desk, { params }) => {
    const number = generationIn(params)
    desk.deps.admin.replays.start(number)
    return {
      to: generationPath(number),
      fragment: await replayCard(desk, number),
      notice: 'The replay has begun.',
    }
  },
})

const replayState = defineFragment({
  path: '/learning/generations/:number/replay',
  query: z.object({}),
  view: (desk, { params }) => replayCard(desk, generationIn(params)),
})

const armsActed = async ({ deps }: Desk, arms: DescribedArms, notice: string): Promise<Acted> => {
  const { generations } = await deps.admin.generations.list()
  return { to: '/learning', fragment: <ArmsCard arms={arms} generations={generations} />, notice }
}

const startShadow = defineAction({
  path: '/learning/arms/shadow/start',
  form: z.object({ generation: generationNumber }),
  run: async (desk, { form: { generation } }) => {
    const author = desk.principal.id
    const arms = await desk.deps.admin.arms.startShadow({ generation, author })
    return armsActed(desk, arms, `Generation ${generation} decides beside, without effect.`)
  },
})

const startCanary = defineAction({
  path: '/learning/arms/canary/start',
  form: z.object({ generation: generationNumber, share: z.coerce.number().positive().max(0.5) }),
  run: async (desk, { form: { generation, share } }) => {
    const author = desk.principal.id
    const arms = await desk.deps.admin.arms.startCanary({ generation, share, author })
    return armsActed(desk, arms, `Generation ${generation} decides for a share of the sessions.`)
  },
})

const endOf = (name: 'shadow' | 'canary') =>
  defineAction({
    path: `/learning/arms/${name}/end`,
    form: z.object({}),
    run: async (desk) => {
      const end = { author: desk.principal.id, reason: ENDED_BY_HAND }
      const arms = await desk.deps.admin.arms.end(name, end)
      return armsActed(desk, arms, `The ${name} has ended.`)
    },
  })

export const learningActions = [
  rebuildState,
  rebuild,
  promote,
  rollBack,
  replayState,
  replay,
  startShadow,
  startCanary,
  endOf('shadow'),
  endOf('canary'),
]
