// What is done with what was chosen on the map: exemplars are moved and prompts labelled, exemplars left out, and both made a
// route of.
import { z } from 'zod'
import { groupBy } from '../../../core/group-by.ts'
import { RouterError } from '../../../errors.ts'
import type { Moves } from '../../../training/exemplars/move-exemplars.ts'
import type { Desk } from '../../request/desk.ts'
import { defineAction } from '../../request/part.ts'
import { address } from '../../view/address.ts'
import { count, some } from '../../view/figures.ts'
import { ActionButton } from '../../view/forms.tsx'
import { Notice } from '../../view/parts.tsx'
import {
  idOf,
  listOf,
  MOST_EXEMPLARS,
  MOST_PROMPTS,
  partOf,
  partsOf,
  promptsOf,
} from './selection.tsx'

const NEXT_BUILD = 'It counts from the next build on.'

const doneForm = z.object({
  exemplars: z.string().max(100_000),
  prompts: z.string().max(10_000),
})

const done = (message: string, yaml: string | null = null) => ({
  to: null,
  fragment: (
    <div id="selection">
      <Notice tone="good">{message}</Notice>
      {yaml === null ? null : <pre class="source">{yaml}</pre>}
      <p>
        <a href={address('/map')}>Back to the map</a>
      </p>
    </div>
  ),
})

/** As a form carries where moved exemplars came from: `id:route,id:route`. */
const originsOf = (moved: Moves['moved']): string =>
  moved.map(({ exemplar, to }) => `${partOf(to.id)}:${exemplar.route}`).join(',')

const MOST_REASONS = 3

interface Placed extends Moves {
  route: string
  labelled: number
  /** Exemplars that were of the route before. */
  there: number
}

const reasonsOf = (refused: Moves['refused']): string[] => {
  const reasons = [...new Set(refused.map(({ error }) => error.message))]
  const rest = reasons.length - MOST_REASONS
  return rest > 0 ? [...reasons.slice(0, MOST_REASONS), `and ${rest} other reasons`] : reasons
}

const fromRoutes = (moved: Moves['moved']): string => {
  const counts = new Map<string, number>()
  for (const { exemplar } of moved) {
    counts.set(exemplar.route, (counts.get(exemplar.route) ?? 0) + 1)
  }
  return [...counts].map(([from, n]) => `${count(n)} from ${from}`).join(', ')
}

const saidOf = ({ moved, labelled, there, route }: Placed): string => {
  const said = [
    ...(moved.length > 0
      ? [`${some(moved.length, 'exemplar')} moved to ${route} (${fromRoutes(moved)})`]
      : []),
    ...(labelled > 0 ? [`${some(labelled, 'prompt')} labelled ${route}`] : []),
    ...(there > 0 ? [`${some(there, 'exemplar')} of ${route} already`] : []),
  ]
  if (moved.length + labelled === 0)
    return [...said, 'nothing was changed.'].join('; ').replace(/^n/, 'N')
  return `${said.join('; ')}. ${NEXT_BUILD}`
}

const PlacedNotice = ({ placed }: { placed: Placed }) => {
  const { moved, refused, labelled, route } = placed
  return (
    <div id="selection">
      <Notice tone={moved.length + labelled > 0 ? 'good' : 'warn'}>{saidOf(placed)}</Notice>
      {refused.length === 0 ? null : (
        <Notice tone="warn">
          {`${some(refused.length, 'exemplar')} not moved: ${reasonsOf(refused).join(' ')}`}
        </Notice>
      )}
      <div class="row">
        {moved.length === 0 ? null : (
          <ActionButton
            action="/map/undo"
            target="#selection"
            values={{ origins: originsOf(moved), route }}
          >
            {`Move ${moved.length === 1 ? 'it' : 'them'} back`}
          </ActionButton>
        )}
        <a href={address('/map')}>Back to the map</a>
      </div>
    </div>
  )
}

const noSuch = (): RouterError =>
  new RouterError('not_found', 'The index that serves has no such exemplar: load the map again.')

const nothingBack = (): RouterError =>
  new RouterError('invalid_request', 'There is nothing to move back.')

const label = async ({ deps, principal }: Desk, ids: readonly string[], route: string) => {
  for (const id of ids) {
    const ruling = { id: `d_${id}`, action: 'relabel' as const, route }
    await deps.admin.review.rule({ ...ruling, author: principal.id })
  }
}

/** Where the exemplars stand; those that the index has no more are `gone`. */
const linesOf = ({ deps }: Desk, ids: readonly string[]) => {
  const known = new Map(deps.live()?.exemplars.map((exemplar) => [exemplar.id, exemplar]))
  const lines = ids.flatMap((id) => known.get(id) ?? [])
  const gone = ids
    .filter((id) => !known.has(id))
    .map((id) => ({ line: { id, route: '' }, error: noSuch() }))
  return { lines, gone }
}

/** Exemplars are moved first: a label of a prompt cannot be taken back, and a route that there is not refuses both. */
const place = defineAction({
  path: '/map/place',
  form: doneForm.extend({ route: z.string() }),
  run: async (desk, { form }) => {
    const { route } = form
    const { lines, gone } = linesOf(desk, listOf(form.exemplars).slice(0, MOST_EXEMPLARS))
    const { moved, refused } = await desk.deps.edits.moveAll(lines, route)
    const ids = listOf(form.prompts).slice(0, MOST_PROMPTS)
    await label(desk, ids, route)
    const hindered = refused.filter(({ line }) => line.route !== route)
    const placed = {
      ...{ moved, refused: [...hindered, ...gone], route },
      ...{ labelled: ids.length, there: refused.length - hindered.length },
    }
    return { to: null, fragment: <PlacedNotice placed={placed} /> }
  },
})

const undo = defineAction({
  path: '/map/undo',
  form: z.object({ origins: z.string().max(100_000), route: z.string() }),
  run: async ({ deps }, { form: { origins, route } }) => {
    const wanted = partsOf(origins)
      .slice(0, MOST_EXEMPLARS)
      .map((origin) => {
        const [id = '', from = ''] = origin.split(':')
        return { from, line: { route, id: idOf(id) } }
      })
    const back: Moves = { moved: [], refused: [] }
    for (const [from, ofRoute] of groupBy(wanted, (one) => one.from)) {
      const lines = ofRoute.map(({ line }) => line)
      const { moved, refused } = await deps.edits.moveAll(lines, from)
      back.moved.push(...moved)
      back.refused.push(...refused)
    }
    const { moved, refused } = back
    if (moved.length === 0) throw refused[0]?.error ?? nothingBack()
    const left =
      refused.length === 0 ? '' : ` ${refused.length} were not: ${reasonsOf(refused).join(' ')}`
    return done(`${some(moved.length, 'exemplar')} moved back from ${route}.${left}`)
  },
})

const leaveOut = async ({ deps, principal }: Desk, ids: readonly string[]): Promise<void> => {
  for (const exemplarId of ids) {
    const ruling = { exemplarId, action: 'quarantine' as const, author: principal.id }
    await deps.admin.exemplars.rule({ ...ruling, note: 'chosen on the map' })
  }
}

const quarantine = defineAction({
  path: '/map/quarantine',
  form: doneForm,
  run: async (desk, { form }) => {
    const ids = listOf(form.exemplars).slice(0, MOST_EXEMPLARS)
    await leaveOut(desk, ids)
    return done(`${some(ids.length, 'exemplar')} left out. ${NEXT_BUILD}`)
  },
})

/** Exemplars that become another route's are left out of their own. */
const propose = defineAction({
  path: '/map/propose',
  form: doneForm.extend({ name: z.string(), description: z.string() }),
  run: async (desk, { form }) => {
    const ids = listOf(form.exemplars).slice(0, MOST_EXEMPLARS)
    const exemplars = [...desk.deps.exemplars(ids).values()]
    const prompts = await promptsOf(desk, listOf(form.prompts))
    const texts = [
      ...exemplars.map(({ text }) => text),
      ...prompts.map(({ routingText }) => routingText.text),
    ]
    const { name: route, description } = form
    const { message, yaml } = await desk.deps.admin.review.addRoute({ route, description, texts })
    await leaveOut(desk, ids)
    return done(message, yaml)
  },
})

export const selectionActions = [place, undo, quarantine, propose]
