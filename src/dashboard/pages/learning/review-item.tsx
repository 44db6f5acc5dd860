// One item of the review queue, in words: what is asked, and what speaks for either answer.
import type {
  CandidateItem,
  DecisionItem,
  NewRouteItem,
  ReviewItem,
} from '../../../training/review/review-item.ts'
import { address, segment } from '../../view/address.ts'
import { count, percent, ratio, some } from '../../view/figures.ts'
import { Badge, Facts } from '../../view/parts.tsx'
import { Table } from '../../view/table.tsx'

export const KINDS: Record<ReviewItem['kind'], string> = {
  decision: 'uncertain decision',
  candidate: 'waiting correction',
  new_route: 'possible new route',
}

const NOT_STORED = 'Its text is not stored (storage.store_text).'

/** The item on one line, for a list. */
export const titleOf = (item: ReviewItem): string =>
  item.kind === 'new_route'
    ? `${item.name}: ${item.prompts} prompts`
    : (item.text ?? `${item.route}, text not stored`)

const Prompt = ({ text }: { text: string | null }) =>
  text === null ? <p class="muted">{NOT_STORED}</p> : <pre class="prompt">{text}</pre>

const Nearest = ({ nearest }: Pick<DecisionItem, 'nearest'>) => (
  <Table
    caption="Nearest exemplars"
    rows={nearest}
    empty="No exemplar is near."
    columns={[
      {
        title: 'nearest exemplars',
        isWide: true,
        cell: ({ text, exemplarId }) => text ?? exemplarId,
      },
      { title: 'route', cell: ({ route }) => route },
      { title: 'similarity', isNumber: true, cell: ({ similarity }) => ratio(similarity) },
    ]}
  />
)

const Decision = ({ item }: { item: DecisionItem }) => (
  <>
    <Prompt text={item.text} />
    <Facts
      facts={[
        ['was routed to', <strong>{item.route}</strong>],
        ['because', item.reason],
        ['confidence now', percent(item.confidence)],
        ['best now', item.best.map(({ route, score }) => `${route} ${ratio(score)}`).join(', ')],
        ['speaks for', some(item.standsFor, 'past prompt')],
        ['decision', <a href={address(`/decisions/${segment(item.decisionId)}`)}>look at it</a>],
      ]}
    />
    <Nearest nearest={item.nearest} />
  </>
)

const Candidate = ({ item }: { item: CandidateItem }) => (
  <>
    <Prompt text={item.text} />
    <Facts
      facts={[
        ['votes say', <strong>{item.route}</strong>],
        ['exemplar', <span class="mono">{item.exemplarId}</span>],
        [
          'decisions',
          item.decisionIds
            .slice(0, 5)
            .map((id) => <a href={address(`/decisions/${segment(id)}`)}>{id.slice(-6)} </a>),
        ],
      ]}
    />
  </>
)

const NewRoute = ({ item }: { item: NewRouteItem }) => (
  <>
    <p>{item.description}</p>
    <Facts
      facts={[
        ['prompts', count(item.prompts)],
        ['of one kind', `about ${percent(item.purity, 0)}`],
        ['nearest route', item.nearestRoute ?? '–'],
      ]}
    />
    <Table
      caption="Prompts of the proposed route"
      rows={item.exemplars}
      empty="None."
      columns={[
        { title: 'its exemplars would be', isWide: true, cell: ({ text }) => text ?? NOT_STORED },
      ]}
    />
  </>
)

export const ItemText = ({ item }: { item: ReviewItem }) => (
  <>
    <p>
      <Badge tone="info">{KINDS[item.kind]}</Badge> {item.why}
    </p>
    {item.kind === 'decision' ? <Decision item={item} /> : null}
    {item.kind === 'candidate' ? <Candidate item={item} /> : null}
    {item.kind === 'new_route' ? <NewRoute item={item} /> : null}
  </>
)
