// POST /v1/chat/completions: the caller's body goes to the pipeline unchanged.
import { z } from 'zod'
import { chatRequestSchema } from '../../dialects/chat/chat-schema.ts'
import type { ChatBody } from '../../dialects/chat/upstream-request.ts'
import { serveChat } from '../relay/serve-chat.ts'
import { defineEndpoint } from '../request/endpoint.ts'

export const completionSchema = z
  .looseObject({ id: z.string(), object: z.string(), choices: z.array(z.unknown()) })
  .describe("The provider's chat completion, as it came.")

export const createChatCompletion = defineEndpoint({
  id: 'createChatCompletion',
  method: 'post',
  path: '/v1/chat/completions',
  access: 'inference',
  summary: 'Route a conversation and answer with the chosen model.',
  request: chatRequestSchema,
  response: completionSchema,
  model: 'routed',
  isRouted: true,
  isStreamable: true,
  handler:
    (deps) =>
    (c, { request }) =>
      serveChat(c, deps, {
        body: c.get('json') as ChatBody, // checked by the schema, whose copy would be slow
        sessionId: request.metadata?.session_id ?? null,
      }),
})
