// /admin/review: the review queue, and rulings on its items. `signalbox review` does the same.
import type { z } from 'zod'
import type { ReviewItem } from '../../../training/review/review-item.ts'
import { defineEndpoint } from '../../request/endpoint.ts'
import { principalOf } from '../../request/principal.ts'
import {
  type reviewItemSchema,
  reviewListSchema,
  reviewQuerySchema,
  rulingRequestSchema,
  rulingResultSchema,
} from './review-schemas.ts'

type ItemJson = z.infer<typeof reviewItemSchema>

const itemJson = (item: ReviewItem): ItemJson => {
  switch (item.kind) {
    case 'decision': {
      const { decisionId, standsFor, nearest, ...rest } = item
      return {
        ...rest,
        decision_id: decisionId,
        stands_for: standsFor,
        nearest: nearest.map(({ exemplarId, ...near }) => ({ exemplar_id: exemplarId, ...near })),
      }
    }
    case 'candidate': {
      const { exemplarId, decisionIds, ...rest } = item
      return { ...rest, exemplar_id: exemplarId, decision_ids: decisionIds }
    }
    case 'new_route': {
      const { nearestRoute, exemplars, ...rest } = item
      return {
        ...rest,
        nearest_route: nearestRoute,
        exemplars: exemplars.map(({ decisionId, text }) => ({ decision_id: decisionId, text })),
      }
    }
  }
}

const listReview = defineEndpoint({
  id: 'listReview',
  method: 'get',
  path: '/admin/review',
  access: 'admin',
  summary: 'What a person could settle: candidates, new routes, uncertain decisions.',
  query: reviewQuerySchema,
  response: reviewListSchema,
  handler:
    ({ admin }) =>
    async (c, { query: { limit, kind } }) => {
      const wish = { limit, ...(kind && { kind }) }
      const { items, decisions, generation } = await admin.review.list(wish, c.req.raw.signal)
      return { object: 'list' as const, data: items.map(itemJson), decisions, generation }
    },
})

const ruleReview = defineEndpoint({
  id: 'ruleReview',
  method: 'post',
  path: '/admin/review/:id',
  access: 'admin',
  summary: 'Accept, relabel or reject an item of the review queue.',
  request: rulingRequestSchema,
  response: rulingResultSchema,
  handler:
    ({ admin }) =>
    async (c, { request: { route, note, ...wish } }) => {
      const result = await admin.review.rule(
        {
          id: c.req.param('id'),
          author: principalOf(c).id,
          ...wish,
          ...(route !== undefined && { route }),
          ...(note !== undefined && { note: note.toWellFormed() }),
        },
        c.req.raw.signal,
      )
      return { object: 'review_ruling' as const, ...result }
    },
})

export const review = [listReview, ruleReview]
