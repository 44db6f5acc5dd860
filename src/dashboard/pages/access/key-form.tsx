// The form that makes a key, and the key itself, which is shown in the answer and never again.
import { z } from 'zod'
import type { MadeKey } from '../../../access/new-key.ts'
import { LIMIT_NAMES, ROLES } from '../../../core/decide/gateway-key.ts'
import { createKeyRequestSchema, keyWishOf } from '../../../http/endpoints/admin/key-schemas.ts'
import { validate } from '../../../http/request/validate.ts'
import { ActionForm, Field } from '../../view/forms.tsx'
import { Card } from '../../view/parts.tsx'

const several = z.union([z.string(), z.array(z.string())]).optional()
const text = z.string().optional()

export const keyFormSchema = z.object({
  name: z.string(),
  owner: text,
  roles: several,
  models: text,
  routes: text,
  expires: text,
  ...(Object.fromEntries(LIMIT_NAMES.map((name) => [name, text])) as Record<string, typeof text>),
})

const listOf = (given: unknown): string[] =>
  typeof given === 'string' ? [given] : ((given ?? []) as string[])

/** `a, b` → the names; undefined where there are none. */
const namesOf = (given: string | undefined): string[] | undefined => {
  const names = (given ?? '').split(/[\s,]+/).filter((name) => name !== '')
  return names.length === 0 ? undefined : names
}

/** @throws RouterError `invalid_request` naming the field */
export const wishOf = (form: z.infer<typeof keyFormSchema>) => {
  const fields = form as Record<string, string | undefined>
  const limits = LIMIT_NAMES.flatMap((name) =>
    fields[name] ? [[name, Number(fields[name])] as const] : [],
  )
  const request = {
    name: form.name,
    owner: form.owner || undefined,
    roles: listOf(form.roles),
    models: namesOf(form.models),
    routes: namesOf(form.routes),
    limits: Object.fromEntries(limits),
    expires_at: form.expires ? `${form.expires}T00:00:00Z` : undefined,
  }
  return keyWishOf(validate(createKeyRequestSchema, request))
}

const ROLE_NOTES: Record<(typeof ROLES)[number], string> = {
  inference: 'asks models',
  feedback: 'votes',
  viewer: 'looks at this dashboard',
  admin: 'everything',
}

const Roles = () => (
  <fieldset class="choices">
    <legend>Roles</legend>
    {ROLES.map((role) => (
      <label>
        <input type="checkbox" name="roles" value={role} checked={role === 'inference'} />
        {role} <span class="note">{ROLE_NOTES[role]}</span>
      </label>
    ))}
  </fieldset>
)

const limitLabel = (name: string): string => name.replace('budget_usd', 'USD').replaceAll('_', ' ')

const Limits = () => (
  <details>
    <summary>Limits, models, routes and expiry</summary>
    <div class="filters">
      {LIMIT_NAMES.map((name) => (
        <Field name={name} label={limitLabel(name)} />
      ))}
    </div>
    <div class="filters">
      <Field name="models" label="models, all where empty" placeholder="small, large" />
      <Field name="routes" label="routes, all where empty" placeholder="code, math" />
      <Field name="expires" label="expires (UTC)" type="date" />
    </div>
  </details>
)

/** The outcome takes the place of the list below. */
export const KeyForm = () => (
  <Card title="Make a key">
    <ActionForm action="/access/keys" target="#keys" class="stack">
      <div class="filters">
        <Field name="name" label="name: who or what it is for" isRequired />
        <Field name="owner" label="owner, optional" />
      </div>
      <Roles />
      <Limits />
      <p>
        <button type="submit" class="main">
          Make the key
        </button>
      </p>
    </ActionForm>
  </Card>
)

export const ShownOnce = ({ made: { secret, key } }: { made: MadeKey }) => (
  <div class="notice good" id="made-key">
    <p>
      The key of <strong>{key.name}</strong>. Copy it now: it is kept nowhere and cannot be shown
      again.
    </p>
    <p>
      <output class="mono secret">{secret}</output>
    </p>
  </div>
)
