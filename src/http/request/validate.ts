// A zod schema over a body or a query → its value, or an `invalid_request` that names the parameter as clients write it.
import { z } from 'zod'
import { closestName } from '../../core/suggest.ts'
import { RouterError } from '../../errors.ts'

const MAX_MESSAGE_CHARS = 300

/** `['messages', 0, 'content']` → `messages[0].content`. */
const paramOf = (path: PropertyKey[]): string =>
  path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i > 0 ? '.' : ''}${String(key)}`))
    .join('')

/** The first unknown key of a strict object, and which are known; null for any other problem. */
const unknownKey = (schema: z.ZodType, issue: z.core.$ZodIssue | undefined) => {
  if (issue?.code !== 'unrecognized_keys' || issue.path.length > 0) return null
  const [key = ''] = issue.keys
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
  const closest = closestName(key, known)
  const hint = closest === null ? '' : `, did you mean ${closest}?`
  return { param: key, message: `unknown field${hint || '.'} Allowed: ${known.join(', ')}` }
}

/** @throws RouterError `invalid_request` for the first problem found. */
export const validate = <T>(schema: z.ZodType<T>, value: unknown): T => {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const unknown = unknownKey(schema, issue)
  const param = (unknown?.param ?? paramOf(issue?.path ?? [])).slice(0, 100)
  const message = (unknown?.message ?? issue?.message ?? 'Invalid input').slice(
    0,
    MAX_MESSAGE_CHARS,
  )
  throw new RouterError(
    'invalid_request',
    param ? `${param}: ${message}` : `The request is not of the documented form: ${message}`,
    param ? { param } : {},
  )
}
