// What came in with a request, held against the declaration of who takes it.
import type { z } from 'zod'
import { validate } from '../../http/request/validate.ts'
import type { Asked, Params } from './part.ts'

/** @throws RouterError `invalid_request` */
export const checkShown = <Query>(
  schema: z.ZodType<Query>,
  given: unknown,
  params: Params,
): Asked<Query> => ({ query: validate(schema, given) as Query, params })
