// OpenAI's Agents SDK as the referee: an agent with a tool does its task over each provider and through both of its models.
import {
  Agent,
  OpenAIChatCompletionsModel,
  OpenAIResponsesModel,
  Runner,
  tool,
} from '@openai/agents'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { type Providers, startProviders, WEATHER_PROMPT } from './providers.ts'

let providers: Providers
beforeAll(async () => {
  providers = await startProviders()
}, 120_000)
afterAll(() => providers?.stop())

const createAgent = (kind: string, model: string) => {
  const calls: unknown[] = []
  const weather = tool({
    name: 'get_weather',
    description: 'Current weather of a city.',
    parameters: z.object({ city: z.string(), days: z.number().int() }),
    execute: async (input) => {
      calls.push(input)
      return 'sunny'
    },
  })
  const now = tool({
    name: 'now',
    description: 'The time.',
    parameters: z.object({}),
    execute: async () => 'noon',
  })
  const { client } = providers.server
  const agent = new Agent({
    name: 'Forecaster',
    instructions: 'Answer with the tool.',
    tools: [weather, now],
    model:
      kind === 'responses'
        ? new OpenAIResponsesModel(client as never, model)
        : new OpenAIChatCompletionsModel(client as never, model),
  })
  return { agent, calls }
}

const runner = new Runner({ tracingDisabled: true })

describe.each(['responses', 'chat'])('an agent on the %s model', (kind) => {
  test.each(['mock', 'claude'])('does its task with a tool, over %s', async (model) => {
    const { agent, calls } = createAgent(kind, model)
    const { finalOutput } = await runner.run(agent, WEATHER_PROMPT)
    expect(calls).toEqual([{ city: 'Lisbon', days: expect.any(Number) }])
    expect(finalOutput).toEqual(expect.stringMatching(/./))
  })

  test('does it in a stream', async () => {
    const { agent, calls } = createAgent(kind, 'mock')
    const streamed = await runner.run(agent, WEATHER_PROMPT, { stream: true })
    await streamed.completed
    expect(calls).toHaveLength(1)
    expect(streamed.finalOutput).toContain('sunny')
  })
})

test('goes on with what the router keeps, by the id of the last answer', async () => {
  const { agent } = createAgent('responses', 'mock')
  const first = await runner.run(agent, WEATHER_PROMPT)
  const id = first.lastResponseId
  expect(id).toMatch(/^resp_/)
  const options = { ...(id && { previousResponseId: id }) }
  const { finalOutput } = await runner.run(agent, 'Tell me about signal boxes.', options)
  expect(finalOutput).toEqual(expect.stringMatching(/./))
})
