// What serves, how well, and what waits for a person: the tiles above the page, which an action replaces along with its own card.
import type { GenerationList } from '../../../training/generations/list-generations.ts'
import type { ListedGeneration } from '../../../training/generations/listed-generation.ts'
import type { Desk } from '../../request/desk.ts'
import { address } from '../../view/address.ts'
import { count, percent } from '../../view/figures.ts'
import { Tile, Tiles } from '../../view/parts.tsx'
import { heldOutShare } from './generation-table.tsx'
import { reviewQueueOf } from './review-queue.ts'

export interface LearningFigures {
  current: ListedGeneration | null
  newVotes: number
  /** Null where nobody has looked for them yet. */
  waiting: number | null
}

/** Votes that the next build will hear of. */
export const readNewVotes = async ({ deps }: Desk): Promise<number> =>
  deps.store.countNewVotes(deps.live()?.manifest.createdAtMs ?? 0)

export const readFigures = async (desk: Desk, list: GenerationList): Promise<LearningFigures> => {
  const { found } = reviewQueueOf(desk.deps.admin.review).state
  return {
    current: list.generations.find(({ generation }) => generation === list.current) ?? null,
    newVotes: await readNewVotes(desk),
    waiting: found?.items.length ?? null,
  }
}

const Waiting = ({ waiting }: { waiting: number | null }) => (
  <a href={address('/learning/review')}>{waiting === null ? 'look for them' : 'review them'}</a>
)

export const NOT_MEASURED = 'not measured: no held-out.jsonl'

interface StateProps {
  figures: LearningFigures
  /** Beside the fragment of an action: it finds its place by its id. */
  isBeside?: boolean
}

export const State = ({ figures, isBeside }: StateProps) => {
  const { current, newVotes, waiting } = figures
  const share = (name: string) => percent(current && heldOutShare(current, name))
  const isMeasured = current?.heldOut != null
  return (
    <div id="learning-state" hx-swap-oob={isBeside ? 'true' : undefined}>
      <Tiles>
        <Tile
          name="Serving"
          value={current === null ? 'none' : `Generation ${current.generation}`}
          note={current === null ? undefined : `${count(current.exemplars)} exemplars`}
        />
        <Tile
          name="Held-out accuracy"
          value={share('accuracy')}
          note={isMeasured ? `macro F1 ${share('macroF1')}` : NOT_MEASURED}
        />
        <Tile
          name="Coverage"
          value={share('coverage')}
          note={isMeasured ? `right where routed ${share('selectiveAccuracy')}` : NOT_MEASURED}
        />
        <Tile name="New votes" value={count(newVotes)} note="since the last build" />
        <Tile
          name="Review queue"
          value={waiting === null ? '–' : count(waiting)}
          note={<Waiting waiting={waiting} />}
        />
      </Tiles>
    </div>
  )
}
