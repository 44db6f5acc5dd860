// The body of a form → its fields: strings, or lists of them where a name is given twice. Files are not taken.
import type { Context } from 'hono'
import { RouterError } from '../../errors.ts'
import type { AppContext } from '../../http/request/app-env.ts'
import { readBody, wholeOf } from '../../http/request/body.ts'
import type { DashboardDeps } from '../request/deps.ts'
import type { DeskEnv } from '../request/desk.ts'

export type Form = Record<string, string | string[]>

const MOST_BYTES = 2_097_152

const FORM_TYPE = /^application\/x-www-form-urlencoded[ \t]*(?:;|$)/i

const fieldsOf = (text: string): Form => {
  const values = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(text)) {
    const known = values.get(name)
    if (known) known.push(value)
    else values.set(name, [value])
  }
  return Object.fromEntries(
    [...values].map(([name, given]) => [name, given.length === 1 ? (given[0] ?? '') : given]),
  )
}

/** @throws RouterError `invalid_request`, `body_too_large`, `overloaded` */
export const readForm = async (
  c: Context<DeskEnv>,
  { bodies }: Pick<DashboardDeps, 'bodies'>,
): Promise<Form> => {
  if (!FORM_TYPE.test(c.req.header('content-type') ?? '')) {
    throw new RouterError(
      'invalid_request',
      'This takes a form: application/x-www-form-urlencoded.',
    )
  }
  const held = bodies.hold()
  try {
    const chunks = await readBody(c as unknown as AppContext, { limit: MOST_BYTES, held })
    return fieldsOf(new TextDecoder().decode(wholeOf(chunks)))
  } finally {
    held.release()
  }
}
