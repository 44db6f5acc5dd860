// The schema of a Responses request, as far as it is checked before it is translated: the items of `input` and the tools
// are checked where they are translated, one by one, so that the first bad one is named and none is copied.
import { z } from 'zod'

const sessionId = z.string().min(1).max(256)

const withItems = { type: 'array', items: { type: 'object' } } as const

const toolsSchema = z
  .array(z.unknown())
  .max(1_024, { abort: true })
  .meta({ items: { type: 'object' } })
  .describe(
    'Functions, custom tools, and namespaces of both; others are left out unless the provider speaks this API.',
  )

export const responsesRequestSchema = z
  .object({
    model: z
      .string({ error: 'expected a string: "auto", "route:NAME" or a configured model id' })
      .min(1)
      .max(256)
      .describe('`auto` routes; `route:NAME` pins the route; a model id pins the model.'),
    input: z
      .unknown()
      .meta({ anyOf: [{ type: 'string' }, withItems] })
      .describe('A text, or items: messages, function calls and their outputs, item references.'),
    instructions: z.string().nullish(),
    stream: z.boolean().nullish(),
    store: z
      .boolean()
      .nullish()
      .describe('`false` keeps nothing; else output items can be referred to by id for an hour.'),
    max_output_tokens: z.int().positive().nullish(),
    parallel_tool_calls: z.boolean().nullish(),
    temperature: z.number().nullish(),
    top_p: z.number().nullish(),
    top_logprobs: z.int().min(0).max(20).nullish(),
    tools: toolsSchema.nullish(),
    tool_choice: z.unknown().optional(),
    text: z
      .looseObject({ format: z.unknown().optional(), verbosity: z.string().nullish() })
      .nullish(),
    reasoning: z
      .looseObject({ effort: z.string().nullish(), summary: z.string().nullish() })
      .nullish(),
    include: z.array(z.string()).max(64).nullish(),
    truncation: z.enum(['auto', 'disabled']).nullish(),
    user: z.string().nullish(),
    metadata: z
      .looseObject({ session_id: sessionId.optional() })
      .nullish()
      .describe('`session_id` names the conversation where there is no x-session-id header.'),
  })
  .describe('An OpenAI Responses body without state at OpenAI; further fields go to the provider.')

export type ResponsesRequest = z.infer<typeof responsesRequestSchema>

const usageSchema = z.looseObject({
  input_tokens: z.int(),
  input_tokens_details: z.looseObject({ cached_tokens: z.int() }),
  output_tokens: z.int(),
  output_tokens_details: z.looseObject({ reasoning_tokens: z.int() }),
  total_tokens: z.int(),
})

export const responseSchema = z.looseObject({
  id: z.string(),
  object: z.literal('response'),
  created_at: z.int(),
  status: z.enum(['in_progress', 'completed', 'incomplete', 'failed']),
  error: z.looseObject({ code: z.string(), message: z.string() }).nullable(),
  incomplete_details: z
    .strictObject({ reason: z.enum(['max_output_tokens', 'content_filter']) })
    .nullable(),
  model: z.string(),
  output: z.array(z.looseObject({ id: z.string(), type: z.string() })),
  usage: usageSchema.nullish(),
})
