// /admin/generations and /admin/history: the generations with the gate's results, promotion and rollback. `signalbox generations` and
// `signalbox rollback` do the same.
import type { z } from 'zod'
import { RouterError } from '../../../errors.ts'
import type { Moved } from '../../../training/generations/make-current.ts'
import type { AppContext } from '../../request/app-env.ts'
import { defineEndpoint } from '../../request/endpoint.ts'
import { principalOf } from '../../request/principal.ts'
import {
  generationJson,
  generationListJson,
  generationListSchema,
  generationRollbackRequestSchema,
  generationSchema,
  historyJson,
  historySchema,
  movedSchema,
  promoteRequestSchema,
} from './generation-schemas.ts'

/** `41` or `g000041`. */
const numberIn = (c: AppContext): number => {
  const given = c.req.param('number') ?? ''
  const number = Number(given.replace(/^g0*/, ''))
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new RouterError('not_found', 'There is no such generation; it is named by its number.')
}

const movedJson = (moved: Moved): z.infer<typeof movedSchema> => ({
  object: 'generation.move',
  ...moved,
})

const listGenerations = defineEndpoint({
  id: 'listGenerations',
  method: 'get',
  path: '/admin/generations',
  access: 'admin',
  summary: 'The generations on disk: what each is, what it is doing, what the gate thought.',
  response: generationListSchema,
  handler:
    ({ admin }) =>
    async () => {
      const { current, generations: listed } = await admin.generations.list()
      const data = listed.map((one) => ({ object: 'generation' as const, ...one }))
      return generationListJson({ object: 'list', current, data })
    },
})

const getGeneration = defineEndpoint({
  id: 'getGeneration',
  method: 'get',
  path: '/admin/generations/:number',
  access: 'admin',
  summary: 'One generation with the report of its build and its history.',
  response: generationSchema,
  handler:
    ({ admin }) =>
    async (c) =>
      generationJson({ object: 'generation', ...(await admin.generations.get(numberIn(c))) }),
})

const promoteGeneration = defineEndpoint({
  id: 'promoteGeneration',
  method: 'post',
  path: '/admin/generations/:number/promote',
  access: 'admin',
  summary: 'Make a generation serve; one that the gate refused only with force and a reason.',
  request: promoteRequestSchema,
  body: 'optional',
  response: movedSchema,
  handler:
    ({ admin }) =>
    async (c, { request: { force = false, reason = null } }) => {
      const author = principalOf(c).id
      return movedJson(await admin.generations.promote(numberIn(c), { force, reason, author }))
    },
})

const rollBackGeneration = defineEndpoint({
  id: 'rollBackGeneration',
  method: 'post',
  path: '/admin/generations/rollback',
  access: 'admin',
  summary: 'Serve an earlier generation again.',
  request: generationRollbackRequestSchema,
  body: 'optional',
  response: movedSchema,
  handler:
    ({ admin }) =>
    async (c, { request: { to = null, reason = null } }) =>
      movedJson(await admin.generations.rollBack({ to, reason, author: principalOf(c).id })),
})

const getHistory = defineEndpoint({
  id: 'getHistory',
  method: 'get',
  path: '/admin/history',
  access: 'admin',
  summary: 'What was done with the generations, by whom and why.',
  response: historySchema,
  handler:
    ({ admin }) =>
    async () =>
      historyJson({ object: 'list', data: (await admin.generations.history()).reverse() }),
})

export const generations = [
  listGenerations,
  getGeneration,
  promoteGeneration,
  rollBackGeneration,
  getHistory,
]
