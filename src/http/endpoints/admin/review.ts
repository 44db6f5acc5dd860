// /admin/review: what a person could settle, and rulings on it. `signalbox review` does the same.
import type { z } from 'zod'
import type { ReviewItem } from '../../../training/review/review-item.ts'
import { bodyLimit } from '../../middleware/body-limit.ts'
import { jsonBody } from '../../middleware/json-body.ts'
import type { App } from '../../request/app-env.ts'
import type { HttpDeps } from '../../request/deps.ts'
import { principalOf } from '../../request/principal.ts'
import { validate } from '../../request/validate.ts'
import {
  type reviewItemSchema,
  type reviewListSchema,
  reviewQuerySchema,
  rulingRequestSchema,
  type rulingResultSchema,
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

export const adminReview = (app: App, deps: HttpDeps): void => {
  const limit = bodyLimit(deps.config.server.max_body_bytes)

  app.get('/admin/review', async (c) => {
    const { limit: most, kind } = validate(reviewQuerySchema, c.req.query())
    const query = { limit: most, ...(kind && { kind }) }
    const { items, decisions, generation } = await deps.admin.review.list(query, c.req.raw.signal)
    const data = items.map(itemJson)
    const json: z.infer<typeof reviewListSchema> = { object: 'list', data, decisions, generation }
    return c.json(json)
  })

  app.post('/admin/review/:id', limit, jsonBody(), async (c) => {
    const { route, note, ...wish } = validate(rulingRequestSchema, c.get('json'))
    const result = await deps.admin.review.rule(
      {
        id: c.req.param('id'),
        author: principalOf(c).id,
        ...wish,
        ...(route !== undefined && { route }),
        ...(note !== undefined && { note: note.toWellFormed() }),
      },
      c.req.raw.signal,
    )
    const json: z.infer<typeof rulingResultSchema> = { object: 'review_ruling', ...result }
    return c.json(json)
  })
}
