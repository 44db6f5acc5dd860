// What both providers under conformance test are asked, and the one tool that is offered to them.
import type OpenAI from 'openai'
import type { ChatCompletionChunk, ChatCompletionTool } from 'openai/resources/chat/completions'
import { exampleRoute } from '../support/training-folder.ts'

export const CODE_ROUTE = exampleRoute('code')
export const MATH_ROUTE = exampleRoute('math')
/** An exemplar of its route, word for word, so that the route is certain; so is MATH_PROMPT. */
export const CODE_PROMPT = 'write a python function that sorts a list'
export const MATH_PROMPT = 'what is the derivative of sine x'
export const TOOL_PROMPT = 'what is the weather like in Lisbon today?'

export const user = (content: string) => [{ role: 'user' as const, content }]

export const weatherFunction = {
  name: 'get_weather',
  description: 'Current weather of a city.',
  parameters: {
    type: 'object',
    properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
    required: ['city', 'days'],
    additionalProperties: false,
  },
}

export const weatherTool: ChatCompletionTool = { type: 'function', function: weatherFunction }

export const callWeather = { type: 'function' as const, function: { name: 'get_weather' } }

export const collect = async <T>(source: AsyncIterable<T>): Promise<T[]> => {
  const items: T[] = []
  for await (const item of source) items.push(item)
  return items
}

/** The text of a stream's first choice. */
export const textOf = (chunks: ChatCompletionChunk[]): string =>
  chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')

/** What `GET /v1/decisions/:id` says of a decision. */
export const receiptOf = (client: OpenAI, id: string | null): Promise<Record<string, unknown>> =>
  client.get<Record<string, unknown>>(`/decisions/${id}`)
