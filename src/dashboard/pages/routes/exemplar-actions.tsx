// What can be done with exemplars: added, moved to another route, quarantined, restored, removed. All count from the next build on.
import { z } from 'zod'
import type { Desk } from '../../request/desk.ts'
import { type Acted, defineAction } from '../../request/part.ts'
import { readExemplar } from './exemplar-list.ts'
import { ExemplarRow } from './exemplar-table.tsx'
import { routePath } from './route-path.ts'

const NEXT_BUILD = 'It counts from the next build on.'

const routeOf = (params: Readonly<Record<string, string>>): string => params.route ?? ''

/** The row as it is now, or the whole page where it is in no list. */
const acted = async (
  desk: Desk,
  { route, id }: { route: string; id: string },
  notice: string,
): Promise<Acted> => {
  const shown = await readExemplar(desk.deps, { route, id })
  const to = routePath(route)
  return shown === null ? { to, notice } : { to, notice, fragment: <ExemplarRow shown={shown} /> }
}

const add = defineAction({
  path: '/routes/:route/add',
  form: z.object({ text: z.string(), force: z.string().optional() }),
  run: async ({ deps }, { form, params }) => {
    const route = routeOf(params)
    await deps.edits.add({ text: form.text, route, force: form.force === 'yes' })
    return { to: routePath(route) }
  },
})

const ruleForm = z.object({
  id: z.string(),
  action: z.enum(['quarantine', 'release']),
})

const rule = defineAction({
  path: '/routes/:route/rule',
  form: ruleForm,
  run: async (desk, { form: { id, action }, params }) => {
    const author = desk.principal.id
    await desk.deps.admin.exemplars.rule({ exemplarId: id, action, author, note: null })
    const said = action === 'quarantine' ? `${id} is left out.` : `${id} stays in.`
    return acted(desk, { route: routeOf(params), id }, `${said} ${NEXT_BUILD}`)
  },
})

const move = defineAction({
  path: '/routes/:route/move',
  form: z.object({ id: z.string(), to: z.string() }),
  run: async (desk, { form: { id, to }, params }) => {
    const route = routeOf(params)
    await desk.deps.edits.move({ route, id }, to)
    return acted(desk, { route, id }, `It goes to ${to}. ${NEXT_BUILD}`)
  },
})

const remove = defineAction({
  path: '/routes/:route/remove',
  form: z.object({ id: z.string() }),
  run: async (desk, { form: { id }, params }) => {
    const route = routeOf(params)
    await desk.deps.edits.remove({ route, id })
    return acted(desk, { route, id }, `It is removed from the training data. ${NEXT_BUILD}`)
  },
})

export const exemplarActions = [add, rule, move, remove]
