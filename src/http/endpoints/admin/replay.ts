// POST /admin/replay: replays stored decisions with a generation. `signalbox replay` does the same.
import { defineEndpoint } from '../../request/endpoint.ts'
import { replayReportJson, replayReportSchema, replayRequestSchema } from './replay-schemas.ts'

const DAY_MS = 86_400_000

export const replay = defineEndpoint({
  id: 'replayDecisions',
  method: 'post',
  path: '/admin/replay',
  access: 'admin',
  summary: 'Decide stored decisions anew, without any model call, and say what changes.',
  request: replayRequestSchema,
  body: 'optional',
  response: replayReportSchema,
  handler:
    ({ admin, now }) =>
    async (c, { request: wish }) => {
      const request = {
        ...(wish.generation !== undefined && { generation: wish.generation }),
        ...(wish.since_days !== undefined && { sinceMs: now() - wish.since_days * DAY_MS }),
        ...(wish.limit !== undefined && { limit: wish.limit }),
      }
      const report = await admin.replay(request, { signal: c.req.raw.signal })
      return replayReportJson({ object: 'replay', ...report })
    },
})
