// What is wrong now, and what waits for a person: alerts that fire, a generation that the gate refused, the review queue, votes
// that no build has learnt from.
import type { AlertRecord } from '../../../core/alerting/alert.ts'
import type { Readiness } from '../../../http/request/deps.ts'
import type { Desk } from '../../request/desk.ts'
import { address } from '../../view/address.ts'
import { count } from '../../view/figures.ts'
import { Badge, Card, Empty } from '../../view/parts.tsx'
import { Table } from '../../view/table.tsx'
import { Ago } from '../../view/time.tsx'
import { reviewQueueOf } from '../learning/review-queue.ts'

export interface Waiting {
  alerts: AlertRecord[]
  /** Since the serving generation was built. */
  newVotes: number
  /** Number of the newest generation, where the gate refused it. */
  refused: number | null
  /** What was found last; null until a search is through. */
  review: { items: number; atMs: number } | null
}

const MOST_ALERTS = 100

/** Those of which the last event is their beginning. */
const firing = (records: readonly AlertRecord[]): AlertRecord[] => {
  const latest = new Map<string, AlertRecord>()
  for (const record of records) {
    const name = JSON.stringify([record.kind, record.subject])
    if (!latest.has(name)) latest.set(name, record)
  }
  return [...latest.values()].filter(({ state }) => state === 'firing')
}

/** The first look at a server's overview begins the search; from then on the queue's own page keeps it fresh. */
const readReview = ({ deps, nowMs }: Desk): Waiting['review'] => {
  const queue = reviewQueueOf(deps.admin.review)
  if (queue.state.found === null) queue.visit(nowMs, deps.live()?.number ?? null)
  const { found } = queue.state
  return found && { items: found.items.length, atMs: found.atMs }
}

export const readWaiting = async (desk: Desk): Promise<Waiting> => {
  const { store, admin } = desk.deps
  const { generations, current } = await admin.generations.list()
  const serving = generations.find(({ generation }) => generation === current)
  const newest = generations.toSorted((a, b) => b.generation - a.generation)[0]
  return {
    alerts: firing(await store.listAlertEvents(MOST_ALERTS)),
    newVotes: await store.countNewVotes(serving?.createdAtMs ?? 0),
    refused: newest?.status === 'refused' ? newest.generation : null,
    review: readReview(desk),
  }
}

const Line = ({
  tone,
  word,
  children,
}: {
  tone: 'warn' | 'bad'
  word: string
  children: unknown
}) => (
  <li>
    <Badge tone={tone}>{word}</Badge> {children}
  </li>
)

const ReviewLine = ({ review }: Pick<Waiting, 'review'>) => (
  <Line tone="warn" word="review">
    {review === null ? (
      'Past decisions are being looked through. '
    ) : (
      <>
        {count(review.items)} {review.items === 1 ? 'item' : 'items'}, found{' '}
        <Ago ms={review.atMs} />.{' '}
      </>
    )}
    <a href={address('/learning/review')}>Review queue</a>
  </Line>
)

export const WaitingCard = ({ waiting }: { waiting: Waiting }) => {
  const { alerts, newVotes, refused, review } = waiting
  const isReviewed = review?.items === 0
  const isQuiet = alerts.length === 0 && newVotes === 0 && refused === null && isReviewed
  return (
    <Card title="Waits for a person">
      {isQuiet ? <Empty>Nothing waits.</Empty> : null}
      <ul class="waiting">
        {alerts.map((alert) => (
          <Line tone="bad" word="alert">
            {alert.summary} <Ago ms={alert.atMs} />
          </Line>
        ))}
        {refused === null ? null : (
          <Line tone="warn" word="refused">
            The gate refused generation {refused}.
          </Line>
        )}
        {isReviewed ? null : <ReviewLine review={review} />}
        {newVotes === 0 ? null : (
          <Line tone="warn" word="votes">
            {count(newVotes)} since the serving generation was built.{' '}
            <a href={address('/learning')}>Learning</a>
          </Line>
        )}
      </ul>
    </Card>
  )
}

export const HealthCard = ({ readiness }: { readiness: Readiness }) => (
  <Card
    title="Health"
    aside={
      <Badge tone={readiness.isReady ? 'good' : 'bad'}>
        {readiness.isReady ? 'ready' : 'not ready'}
      </Badge>
    }
  >
    <Table
      caption="Health"
      rows={Object.entries(readiness.checks)}
      empty="Nothing is checked."
      columns={[
        { title: 'part', cell: ([name]) => name },
        {
          title: 'state',
          cell: ([, { ok }]) => <Badge tone={ok ? 'good' : 'bad'}>{ok ? 'ok' : 'not ok'}</Badge>,
        },
        { title: 'detail', isWide: true, cell: ([, { detail }]) => detail },
      ]}
    />
  </Card>
)
