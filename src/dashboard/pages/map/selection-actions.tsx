// What is done with what was chosen on the map: prompts are labelled, exemplars left out, and both made a route of.
import { z } from 'zod'
import type { Desk } from '../../request/desk.ts'
import { defineAction } from '../../request/part.ts'
import { address } from '../../view/address.ts'
import { Notice } from '../../view/parts.tsx'
import { listOf, MOST_EXEMPLARS, MOST_PROMPTS, promptsOf } from './selection.tsx'

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

const label = defineAction({
  path: '/map/label',
  form: doneForm.extend({ route: z.string() }),
  run: async ({ deps, principal }, { form: { prompts, route } }) => {
    const ids = listOf(prompts).slice(0, MOST_PROMPTS)
    for (const id of ids) {
      await deps.admin.review.rule({
        id: `d_${id}`,
        action: 'relabel',
        route,
        author: principal.id,
      })
    }
    return done(`${ids.length} prompts are labelled ${route}. ${NEXT_BUILD}`)
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
    return done(`${ids.length} exemplars are left out. ${NEXT_BUILD}`)
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

export const selectionActions = [label, quarantine, propose]
