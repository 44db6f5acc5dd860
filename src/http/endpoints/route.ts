// POST /v1/route: the whole decision without an upstream call, for a conversation or a single prompt.
import { z } from 'zod'
import type { PromptMessage } from '../../core/prompt/prompt.ts'
import { MAX_ID_CHARS, messagesSchema } from '../../dialects/chat/chat-schema.ts'
import { orClientClosed } from '../middleware/client-closed.ts'
import { elapsedMs } from '../middleware/request-id.ts'
import { defineEndpoint } from '../request/endpoint.ts'
import { principalOf } from '../request/principal.ts'
import { explainedJson } from './decision-json.ts'
import { explainedDecisionSchema } from './decision-schemas.ts'

/** A single prompt must not be empty, unlike a message of a conversation. */
const bareText = z
  .string()
  .refine((text) => text.trim() !== '', { error: 'is empty; give the text to route' })

export const routeRequestSchema = z
  .strictObject({
    model: z.string().min(1).max(MAX_ID_CHARS).default('auto'),
    messages: messagesSchema.optional(),
    prompt: bareText.optional(),
    input: bareText.optional(),
  })
  .refine(
    ({ messages, prompt, input }) =>
      [messages, prompt, input].filter((given) => given !== undefined).length === 1,
    { error: 'give exactly one of messages, prompt, input' },
  )

const messagesOf = (request: z.infer<typeof routeRequestSchema>): PromptMessage[] =>
  (request.messages as PromptMessage[] | undefined) ?? [
    { role: 'user', content: request.prompt ?? request.input },
  ]

export const route = defineEndpoint({
  id: 'route',
  method: 'post',
  path: '/v1/route',
  access: 'inference',
  summary: 'The whole decision for a prompt, without an upstream call.',
  request: routeRequestSchema,
  response: explainedDecisionSchema,
  model: 'routed',
  isRouted: true,
  handler:
    (deps) =>
    async (c, { request }) => {
      const { signal } = c.req.raw
      const takeTurn = c.get('takeTurn')
      const decision = await orClientClosed(
        signal,
        deps.pipeline.route({
          requestId: c.get('requestId'),
          model: c.get('named')?.model ?? request.model,
          messages: messagesOf(request),
          sessionId: c.req.header('x-session-id') || null,
          principal: principalOf(c),
          ...(takeTurn && { takeTurn }),
          signal,
        }),
      )
      const overheadMs = elapsedMs(deps) - c.get('startedMs')
      c.set('routed', { decision, attempts: [], overheadMs, upstreamMs: 0 })
      return explainedJson(decision, deps.exemplars)
    },
})
