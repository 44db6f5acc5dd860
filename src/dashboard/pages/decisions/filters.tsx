// What the list of decisions is narrowed to, as it stands in the address, and the form that says so.
import { z } from 'zod'
import type { DecisionSearch } from '../../../core/records/decision-search.ts'
import { OUTCOMES, REASONS } from '../../../http/endpoints/decision-schemas.ts'
import { address } from '../../view/address.ts'
import { useDesk } from '../../view/context.ts'
import { Field, Select } from '../../view/forms.tsx'

/** An empty field of a form is no filter. */
const given = z
  .string()
  .trim()
  .max(200)
  .transform((text) => (text === '' ? null : text))
  .nullish()
  .transform((text) => text ?? null)
  .catch(null)

const share = z.coerce.number().gt(0).max(1).nullish().catch(null)

export const decisionsQuery = z.object({
  route: given,
  model: given,
  reason: given,
  outcome: given,
  key: given,
  session: given,
  error: given,
  text: given,
  below: share.transform((value) => value ?? null),
  before: given,
})

export type DecisionsQuery = z.infer<typeof decisionsQuery>

export const PAGE_ROWS = 50

export const searchOf = (query: DecisionsQuery): DecisionSearch => {
  const { key, session, ...same } = query
  return { ...same, principal: key, sessionId: session, limit: PAGE_ROWS }
}

const BELOW = ['0.5', '0.6', '0.7', '0.8', '0.9']

/** What is asked for stays a choice, though the configuration no longer has it. */
const withGiven = (names: readonly string[], value: string | null): string[] =>
  value === null || names.includes(value) ? [...names] : [...names, value]

interface ChoiceProps {
  name: keyof DecisionsQuery
  names: readonly string[]
  value: string | null
  label?: string
}

const Choice = ({ name, names, value, label = name }: ChoiceProps) => (
  <Select
    name={name}
    label={label}
    options={withGiven(names, value)}
    value={value ?? undefined}
    none="any"
  />
)

/** A plain form that asks for the page again: the address says what is shown. */
export const Filters = ({ query }: { query: DecisionsQuery }) => {
  const { config } = useDesk().deps
  const below = query.below === null ? null : String(query.below)
  return (
    <form class="filters" method="get" action={address('/decisions')} aria-label="Filters">
      <Choice name="route" names={Object.keys(config.routes)} value={query.route} />
      <Choice name="model" names={Object.keys(config.models)} value={query.model} />
      <Choice name="reason" names={REASONS} value={query.reason} />
      <Choice name="outcome" names={OUTCOMES} value={query.outcome} />
      <Choice name="below" names={BELOW} value={below} label="confidence below" />
      <Field name="text" label="text" type="search" value={query.text ?? ''} />
      <details class="more" open={[query.key, query.session, query.error].some(Boolean)}>
        <summary>More</summary>
        <div class="filters">
          <Field name="key" label="key" value={query.key ?? ''} />
          <Field name="session" label="session" value={query.session ?? ''} />
          <Field
            name="error"
            label="error code"
            value={query.error ?? ''}
            placeholder="any, upstream_timeout …"
          />
        </div>
      </details>
      <button type="submit">Filter</button>
      <a href={address('/decisions')}>Clear</a>
    </form>
  )
}
