// The review queue: one item at a time, beside the list of all, answered by keys, buttons, or plain forms.
import { z } from 'zod'
import type { RulingRequest, RulingResult } from '../../../training/review/review.ts'
import type { ReviewItem } from '../../../training/review/review-item.ts'
import type { Desk } from '../../request/desk.ts'
import { defineAction, defineFragment, definePage } from '../../request/part.ts'
import { address } from '../../view/address.ts'
import { useDesk } from '../../view/context.ts'
import { count } from '../../view/figures.ts'
import { ActionButton } from '../../view/forms.tsx'
import { Card, Empty, Notice } from '../../view/parts.tsx'
import { Ago } from '../../view/time.tsx'
import { ReviewForm, reviewAddress } from './review-form.tsx'
import { ItemText, KINDS, titleOf } from './review-item.tsx'
import { type QueueState, type ReviewQueue, reviewQueueOf } from './review-queue.ts'

const queueOf = ({ deps, nowMs }: Desk): ReviewQueue => {
  const queue = reviewQueueOf(deps.admin.review)
  queue.visit(nowMs, deps.live()?.number ?? null)
  return queue
}

const Searching = () => (
  <div
    id="review"
    hx-get={address('/learning/review/queue')}
    hx-trigger="every 1s"
    hx-swap="outerHTML"
  >
    <Card title="Looking through past decisions">
      <p class="muted">
        That takes some seconds. <a href={reviewAddress(null)}>Look again</a>
      </p>
    </Card>
  </div>
)

const SearchAgain = ({ state }: { state: QueueState }) => (
  <span class="row">
    {state.found === null ? null : (
      <span class="muted">
        {count(state.found.decisions)} decisions looked at <Ago ms={state.found.atMs} />
      </span>
    )}
    {state.isSearching ? (
      <span class="muted">looking again</span>
    ) : (
      <ActionButton action="/learning/review/search" target="#review" tone="plain">
        Look again
      </ActionButton>
    )}
  </span>
)

const List = ({ items, current }: { items: readonly ReviewItem[]; current: string }) => (
  <ol class="queue">
    {items.map((item) => (
      <li>
        <a href={reviewAddress(item.id)} aria-current={item.id === current ? 'true' : undefined}>
          <span class="note">{KINDS[item.kind]}</span>
          <bdi>{titleOf(item).slice(0, 120)}</bdi>
        </a>
      </li>
    ))}
  </ol>
)

const NothingLeft = ({ state }: { state: QueueState }) => (
  <Card title="Nothing waits for you" aside={<SearchAgain state={state} />}>
    <Empty>
      Corrections that contradict exemplars, prompts near a threshold and groups of prompts that fit
      no route stand here. <a href={address('/learning')}>Back to learning</a>
    </Empty>
  </Card>
)

const Said = ({ said }: { said: RulingResult | null }) =>
  said?.yaml == null ? null : (
    <Notice tone="info">
      Add this to signalbox.yaml: <pre>{said.yaml}</pre>
    </Notice>
  )

interface DeskProps {
  state: QueueState
  item: string | null
  said?: RulingResult | null
}

const ReviewDesk = ({ state, item: wanted, said = null }: DeskProps) => {
  const { mayAct } = useDesk()
  if (state.problem !== null && state.found === null) {
    return (
      <div id="review">
        <Card title="The queue cannot be found" aside={<SearchAgain state={state} />}>
          <Notice tone="bad">{state.problem}</Notice>
        </Card>
      </div>
    )
  }
  if (state.found === null) return <Searching />
  const { items } = state.found
  const at = Math.max(
    0,
    items.findIndex(({ id }) => id === wanted),
  )
  const item = items[at]
  if (!item) {
    return (
      <div id="review">
        <Said said={said} />
        <NothingLeft state={state} />
      </div>
    )
  }
  const next = items.length > 1 ? (items[(at + 1) % items.length]?.id ?? null) : null
  return (
    <div id="review" class="review">
      <div>
        <Said said={said} />
        <Card title={`${at + 1} of ${items.length}`} aside={<SearchAgain state={state} />}>
          <ItemText item={item} />
          {mayAct ? <ReviewForm item={item} next={next} /> : null}
        </Card>
      </div>
      <Card title="Waiting">
        <List items={items} current={item.id} />
      </Card>
    </div>
  )
}

const query = z.object({ item: z.string().max(200).nullable().catch(null) })

export const review = definePage({
  path: '/learning/review',
  title: 'Review queue',
  query,
  view: (desk, { query: { item } }) => <ReviewDesk state={queueOf(desk).state} item={item} />,
})

const queueFragment = defineFragment({
  path: '/learning/review/queue',
  query,
  view: (desk, { query: { item } }) => {
    const { state } = queueOf(desk)
    return state.isSearching ? <Searching /> : <ReviewDesk state={state} item={item} />
  },
})

const searchAction = defineAction({
  path: '/learning/review/search',
  form: z.object({}),
  run: async (desk) => {
    const queue = reviewQueueOf(desk.deps.admin.review)
    queue.search(desk.nowMs)
    return { to: '/learning/review', fragment: <Searching /> }
  },
})

const rulingForm = z.object({
  id: z.string(),
  action: z.enum(['accept', 'reject']).optional(),
  route: z.string().optional(),
  name: z.string().optional(),
})

type Form = z.infer<typeof rulingForm>

/** A route alone is a relabelling; the name is that of a new route. */
const toRuling = ({ id, action, route, name }: Form, author: string): RulingRequest => {
  if (route !== undefined) return { id, action: 'relabel', route, author }
  const isNamed = action === 'accept' && name !== undefined && name !== ''
  return { id, action: action ?? 'reject', author, ...(isNamed && { route: name }) }
}

const rule = defineAction({
  path: '/learning/review',
  form: rulingForm,
  run: async (desk, { form }) => {
    const said = await desk.deps.admin.review.rule(toRuling(form, desk.principal.id))
    const queue = queueOf(desk)
    const next = queue.settle(form.id)
    const item = next?.id ?? null
    return {
      to: item === null ? '/learning/review' : `/learning/review?item=${encodeURIComponent(item)}`,
      fragment: <ReviewDesk state={queue.state} item={item} said={said} />,
      notice: said.message,
    }
  },
})

export const reviewParts = [review, queueFragment, searchAction, rule]
