// The answers to an item of the review queue: a accepts, r shows the routes (1 to 9 take one), x rejects, s skips.
import { NONE_ROUTE } from '../../../core/types.ts'
import type { ReviewItem } from '../../../training/review/review-item.ts'
import { address } from '../../view/address.ts'
import { useDesk } from '../../view/context.ts'
import { ActionForm, Field } from '../../view/forms.tsx'

const ACCEPT: Record<ReviewItem['kind'], string> = {
  decision: 'Right',
  candidate: 'Accept',
  new_route: 'Accept as a route',
}

const REJECT: Record<ReviewItem['kind'], string> = {
  decision: 'Do not ask again',
  candidate: 'Reject',
  new_route: 'Not a route',
}

export const reviewAddress = (id: string | null): string =>
  address('/learning/review', { item: id })

const Key = ({ name }: { name: string }) => <kbd>{name}</kbd>

const Routes = ({ item }: { item: ReviewItem }) => {
  const { deps } = useDesk()
  const own = item.kind === 'new_route' ? null : item.route
  const routes = [...Object.keys(deps.config.routes), NONE_ROUTE].filter((name) => name !== own)
  return (
    <details class="relabel">
      <summary data-shortcut="r">
        Another route <Key name="r" />
      </summary>
      <div class="row">
        {routes.map((route, i) => (
          <button
            type="submit"
            name="route"
            value={route}
            data-shortcut={i < 9 ? String(i + 1) : undefined}
          >
            {route === NONE_ROUTE ? 'none of them' : route}
            {i < 9 ? <Key name={String(i + 1)} /> : null}
          </button>
        ))}
      </div>
    </details>
  )
}

export const ReviewForm = ({ item, next }: { item: ReviewItem; next: string | null }) => (
  <ActionForm action="/learning/review" target="#review" class="answers">
    <input type="hidden" name="id" value={item.id} />
    {item.kind === 'new_route' ? (
      <Field name="name" label="Name of the route" value={item.name} />
    ) : null}
    <div class="row">
      <button type="submit" name="action" value="accept" class="main" data-shortcut="a">
        {ACCEPT[item.kind]} <Key name="a" />
      </button>
      <button type="submit" name="action" value="reject" data-shortcut="x">
        {REJECT[item.kind]} <Key name="x" />
      </button>
      {next === null ? null : (
        <a class="button" href={reviewAddress(next)} data-shortcut="s">
          Skip <Key name="s" />
        </a>
      )}
    </div>
    <Routes item={item} />
  </ActionForm>
)
