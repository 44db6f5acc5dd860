// What was chosen on the map: listed, with what can be done with it.
import { z } from 'zod'
import type { StoredDecision } from '../../../core/records/stored-decision.ts'
import { type Exemplar, NONE_ROUTE } from '../../../core/types.ts'
import { RouterError } from '../../../errors.ts'
import { nameChosen } from '../../../training/review/chosen-route.ts'
import type { DeskMap } from '../../request/deps.ts'
import type { Desk } from '../../request/desk.ts'
import { defineAction } from '../../request/part.ts'
import { address, segment } from '../../view/address.ts'
import { count, some } from '../../view/figures.ts'
import { ActionForm, Field, Select } from '../../view/forms.tsx'
import { Empty } from '../../view/parts.tsx'
import { Table } from '../../view/table.tsx'

/** More than this is no choice any more. */
export const MOST_EXEMPLARS = 500
export const MOST_PROMPTS = 50
const MOST_SHOWN = 50
/** Below this the fit held an exemplar's own route unlikely. */
const UNSURE = 0.4
/** Texts that tell which words are common. */
const COMMON = 1_000

interface Selection {
  exemplars: Exemplar[]
  prompts: StoredDecision[]
}

interface Found extends Selection {
  /** Points that were enclosed or matched: more than can be chosen at once, it may be. */
  found: number
}

const selectionForm = z.object({
  positions: z.string().optional(),
  decisions: z.string().optional(),
  generation: z.string().optional(),
  route: z.string().optional(),
  words: z.string().optional(),
  unsure: z.string().optional(),
})
type SelectionForm = z.infer<typeof selectionForm>

/** Ids of training data are any text: what ends one here is escaped. */
export const partOf = (id: string): string =>
  id.replace(/[%,:]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)

export const idOf = (part: string): string =>
  part.replace(/%(25|2c|3a)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))

export const partsOf = (given: string | undefined): string[] =>
  (given ?? '').split(',').filter((part) => part !== '')

export const listOf = (given: string | undefined): string[] => partsOf(given).map(idOf)

const byFilter = (map: DeskMap, { route, words = '', unsure }: SelectionForm): Exemplar[] => {
  const wanted = words.trim().toLowerCase()
  return map.exemplars.filter(
    (exemplar, i) =>
      (!route || exemplar.route === route) &&
      (wanted === '' || exemplar.text.toLowerCase().includes(wanted)) &&
      (!unsure || (map.unseen?.[i] ?? 1) < UNSURE),
  )
}

export const promptsOf = async (
  { deps }: Desk,
  ids: readonly string[],
): Promise<StoredDecision[]> => {
  const found = await Promise.all(
    ids.slice(0, MOST_PROMPTS).map((id) => deps.store.getDecision(id)),
  )
  return found.filter((decision) => decision !== null)
}

const chosen = async (desk: Desk, form: SelectionForm): Promise<Found> => {
  const map = await desk.deps.map('layout')
  const positions = listOf(form.positions)
  const ids = listOf(form.decisions)
  if (map === null || (positions.length > 0 && String(map.generation) !== form.generation)) {
    throw new RouterError('invalid_request', 'The index is another now: load the map again.')
  }
  const isLassoed = positions.length + ids.length > 0
  const exemplars = isLassoed
    ? positions.flatMap((position) => map.exemplars[Number(position)] ?? [])
    : byFilter(map, form)
  return {
    exemplars: exemplars.slice(0, MOST_EXEMPLARS),
    prompts: await promptsOf(desk, ids),
    found: exemplars.length + ids.length,
  }
}

const Hidden = ({ exemplars, prompts }: Selection) => (
  <>
    <input type="hidden" name="exemplars" value={exemplars.map(({ id }) => partOf(id)).join(',')} />
    <input type="hidden" name="prompts" value={prompts.map(({ id }) => id).join(',')} />
  </>
)

const Rows = ({ exemplars, prompts }: Selection) => {
  const rows = [
    ...prompts.map(({ id, route, routingText }) => ({
      id,
      route,
      text: routingText.text,
      isPrompt: true,
    })),
    ...exemplars.map(({ id, route, text }) => ({ id, route, text, isPrompt: false })),
  ]
  return (
    <Table
      caption="Chosen"
      rows={rows.slice(0, MOST_SHOWN)}
      empty="Nothing is chosen."
      columns={[
        { title: 'route', cell: ({ route }) => route },
        {
          title: 'text',
          isWide: true,
          cell: ({ id, text, isPrompt }) =>
            isPrompt ? <a href={address(`/decisions/${segment(id)}`)}>{text || id}</a> : text,
        },
        { title: '', cell: ({ isPrompt }) => (isPrompt ? 'prompt' : 'exemplar') },
      ]}
    />
  )
}

const placeText = ({ exemplars, prompts }: Selection): string =>
  [
    ...(exemplars.length > 0 ? [`move ${some(exemplars.length, 'exemplar')}`] : []),
    ...(prompts.length > 0 ? [`label ${some(prompts.length, 'prompt')}`] : []),
  ]
    .join(', ')
    .replace(/^./, (first) => first.toUpperCase())

const summaryOf = ({ exemplars, prompts, found }: Found): string => {
  const whole = `${some(exemplars.length, 'exemplar')} and ${some(prompts.length, 'prompt')}`
  const most = found > exemplars.length + prompts.length ? `the first of ${count(found)}: ` : ''
  const listed =
    exemplars.length + prompts.length > MOST_SHOWN ? `; the first ${MOST_SHOWN} are listed` : ''
  return `${most}${whole}${listed}.`.replace(/^./, (first) => first.toUpperCase())
}

interface Offers {
  selection: Selection
  routes: readonly string[]
  proposed: { name: string; description: string }
}

const Offered = ({ selection, routes, proposed }: Offers) => (
  <div class="stack">
    <ActionForm action="/map/place" target="#selection" class="filters">
      <Hidden {...selection} />
      <Select name="route" label="they belong to" none="choose" options={routes} isRequired />
      <button type="submit">{placeText(selection)}</button>
    </ActionForm>
    {selection.exemplars.length === 0 ? null : (
      <ActionForm
        action="/map/quarantine"
        target="#selection"
        class="filters"
        confirm="Leave these exemplars out of the next builds?"
      >
        <Hidden {...selection} />
        <button type="submit" class="danger">
          {`Leave out ${some(selection.exemplars.length, 'exemplar')}`}
        </button>
      </ActionForm>
    )}
    <ActionForm action="/map/propose" target="#selection" class="filters">
      <Hidden {...selection} />
      <Field name="name" label="make them a route named" value={proposed.name} isRequired />
      <Field name="description" label="described as" value={proposed.description} />
      <button type="submit">Make the route</button>
    </ActionForm>
  </div>
)

const textsOf = ({ exemplars, prompts }: Selection): string[] =>
  [
    ...exemplars.map(({ text }) => text),
    ...prompts.map(({ routingText }) => routingText.text),
  ].filter((text) => text !== '')

/** Of all routes: exemplars stand in their order. */
const sampleOf = (exemplars: readonly Exemplar[]): string[] => {
  const step = Math.max(1, Math.ceil(exemplars.length / COMMON))
  return exemplars.flatMap(({ text }, i) => (i % step === 0 ? [text] : []))
}

export const mapSelection = defineAction({
  path: '/map/selection',
  form: selectionForm,
  run: async (desk, { form }) => {
    const selection = await chosen(desk, form)
    const { exemplars, prompts } = selection
    const map = await desk.deps.map('layout')
    const routes = Object.keys(desk.deps.config.routes)
    const proposed = nameChosen({
      texts: textsOf(selection),
      others: sampleOf(map?.exemplars ?? []),
      takenNames: routes,
    })
    return {
      to: null,
      fragment: (
        <div id="selection">
          {exemplars.length + prompts.length === 0 ? (
            <Empty>Nothing is chosen.</Empty>
          ) : (
            <>
              <p>{summaryOf(selection)}</p>
              <Offered selection={selection} routes={[...routes, NONE_ROUTE]} proposed={proposed} />
              <Rows {...selection} />
            </>
          )}
        </div>
      ),
    }
  },
})
