// What the tests with Anthropic's official client share.
import Anthropic from '@anthropic-ai/sdk'
import type { Message, Tool } from '@anthropic-ai/sdk/resources/messages'
import { expect } from 'vitest'
import { ANTHROPIC_KEY, type FakeAnthropic, startFakeAnthropic } from '../support/fake-anthropic.ts'
import { weatherFunction } from './contract.ts'
import { CALLER_KEY, type ConformanceServer, startServer } from './server.ts'

/** An official client; it retries nothing. */
export const clientOf = ({ baseURL }: ConformanceServer) =>
  new Anthropic({ baseURL: baseURL.replace(/\/v1$/, ''), apiKey: CALLER_KEY, maxRetries: 0 })

export const weather: Tool = {
  name: weatherFunction.name,
  description: weatherFunction.description,
  input_schema: weatherFunction.parameters as Tool.InputSchema,
}

export const saidIn = ({ content }: Message): string =>
  content.map((block) => (block.type === 'text' ? block.text : '')).join('')

export const callsIn = ({ content }: Message) =>
  content.filter((block) => block.type === 'tool_use')

export const thrownBy = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => expect.unreachable('the call succeeded'),
    (error: unknown) => error,
  )

/** Statuses that the fake answers as ordered, and the model that meets each. */
export const FAULTS = [400, 429, 529] as const
export const modelOf = (status: (typeof FAULTS)[number]): string => `meets-${status}`

/** A router in front of a fake of Anthropic's API; `stop` ends both. */
export const startOverFake = async (): Promise<{
  server: ConformanceServer
  fake: FakeAnthropic
  stop(): Promise<void>
}> => {
  const fake = await startFakeAnthropic()
  const server = await startServer(
    { kind: 'anthropic', base_url: fake.baseUrl, api_key_env: 'ANTHROPIC_KEY' },
    { ANTHROPIC_KEY },
    // A fault rests its model: each has one of its own, and the provider serves on.
    {
      resilience: { breaker_failures: 1_000 },
      models: Object.fromEntries(
        FAULTS.map((status) => [
          modelOf(status),
          { provider: 'upstream', name: `${modelOf(status)}-upstream` },
        ]),
      ),
    },
  )
  const stop = async () => {
    await server.close()
    await fake.close()
  }
  return { server, fake, stop }
}
