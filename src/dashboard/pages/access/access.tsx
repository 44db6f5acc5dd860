// Who may come in, and the configuration that serves: the page, and the actions on keys.
import { z } from 'zod'
import { RouterError } from '../../../errors.ts'
import type { Desk } from '../../request/desk.ts'
import { defineAction, definePage } from '../../request/part.ts'
import { ServingConfig } from './config-card.tsx'
import { KeyForm, keyFormSchema, wishOf } from './key-form.tsx'
import { Keys, keyPage } from './key-list.tsx'

const page = definePage({
  path: '/access',
  title: 'Access and configuration',
  nav: 'Access',
  query: z.object({ before: z.string().optional().catch(undefined) }),
  view: async ({ deps }, { query }) => {
    const keys = keyPage(await deps.access.listKeys(), query.before)
    const activations = await deps.admin.config.activations()
    return (
      <>
        <Keys page={keys} />
        <KeyForm />
        <ServingConfig state={deps.admin.config.state()} activations={activations} />
      </>
    )
  },
})

const listed = async ({ deps }: Desk) => keyPage(await deps.access.listKeys(), undefined)

/** Shown in the answer to the form that asked for it, and nowhere else. */
const createKey = defineAction({
  path: '/access/keys',
  form: keyFormSchema,
  run: async (desk, { form }) => {
    const made = await desk.deps.access.createKey(wishOf(form), desk.principal)
    return { to: null, fragment: <Keys page={await listed(desk)} made={made} /> }
  },
})

const revokeKey = defineAction({
  path: '/access/keys/:id/revoke',
  form: z.object({}),
  run: async (desk, { params: { id } }) => {
    if (id === undefined) throw new RouterError('key_not_found', 'There is no key of this id.')
    await desk.deps.access.revokeKey(id)
    return {
      to: '/access',
      fragment: <Keys page={await listed(desk)} />,
      notice: `Key ${id} is revoked: its next request is refused.`,
    }
  },
})

export const access = [page, createKey, revokeKey]
