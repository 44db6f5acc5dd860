// /admin/exemplars: the exemplars' accounts, and rulings on an exemplar. `signalbox exemplars` does the same.
import type { z } from 'zod'
import type { ExemplarAccount } from '../../../training/candidates/exemplar-accounts.ts'
import { defineEndpoint } from '../../request/endpoint.ts'
import { principalOf } from '../../request/principal.ts'
import {
  accountListSchema,
  type accountSchema,
  accountsQuerySchema,
  exemplarRuledSchema,
  exemplarRulingRequestSchema,
} from './exemplar-schemas.ts'

const accountJson = (account: ExemplarAccount): z.infer<typeof accountSchema> => ({
  object: 'exemplar.account',
  exemplar_id: account.exemplarId,
  route: account.route,
  credit: account.credit,
  blame: account.blame,
  right_share: account.mean,
  harm_chance: account.harmChance,
  ruling: account.ruling && {
    action: account.ruling.action,
    by: account.ruling.author,
    note: account.ruling.note,
  },
})

const listExemplarAccounts = defineEndpoint({
  id: 'listExemplarAccounts',
  method: 'get',
  path: '/admin/exemplars',
  access: 'admin',
  summary: 'What exemplars did in decisions that were voted on, the likeliest to do harm first.',
  query: accountsQuerySchema,
  response: accountListSchema,
  handler:
    ({ admin }) =>
    async (_c, { query }) => {
      const accounts = await admin.exemplars.list(query.limit)
      return { object: 'list' as const, data: accounts.map(accountJson) }
    },
})

const ruleExemplar = defineEndpoint({
  id: 'ruleExemplar',
  method: 'post',
  path: '/admin/exemplars/:id',
  access: 'admin',
  summary: 'Leave an exemplar out of the next builds, or keep it in.',
  request: exemplarRulingRequestSchema,
  response: exemplarRuledSchema,
  status: 201,
  handler:
    ({ admin }) =>
    async (c, { request: { action, note } }) => {
      const exemplarId = c.req.param('id')
      const author = principalOf(c).id
      await admin.exemplars.rule({ exemplarId, action, author, note: note ?? null })
      return { object: 'exemplar.ruling' as const, exemplar_id: exemplarId, action }
    },
})

export const exemplars = [listExemplarAccounts, ruleExemplar]
