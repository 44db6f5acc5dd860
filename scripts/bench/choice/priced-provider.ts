// A provider of all models of an outcomes file: an answer costs what the file says, as tokens at the model's price.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface OutcomeLine {
  text: string
  label: string
  scores: Record<string, number>
  cost: Record<string, number>
}

/** Tokens of a usual answer. */
const TOKENS = 1_000

/** USD per million tokens at which a usual answer costs the model's mean. */
export const priceOf = (lines: readonly OutcomeLine[], model: string): number => {
  const sum = lines.reduce((total, { cost }) => total + (cost[model] as number), 0)
  return (sum / lines.length / TOKENS) * 1e6
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

export const startPricedProvider = async (
  lines: readonly OutcomeLine[],
): Promise<{ url: string; close(): Promise<void> }> => {
  const byText = new Map(lines.map((line) => [line.text, line]))
  const prices = new Map(
    Object.keys(lines[0]?.scores ?? {}).map((model) => [model, priceOf(lines, model)]),
  )
  const server = createServer(async (request, response) => {
    const { model, messages } = JSON.parse(await readBody(request))
    const line = byText.get(messages.at(-1)?.content)
    const usd = line?.cost[model] ?? 0
    const completion = Math.round((usd / (prices.get(model) as number)) * 1e6)
    const usage = { prompt_tokens: 1, completion_tokens: completion, total_tokens: completion + 1 }
    const message = { role: 'assistant', content: 'The answer.' }
    const choices = [{ index: 0, message, finish_reason: 'stop' }]
    response.setHeader('content-type', 'application/json')
    const common = { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model }
    response.end(JSON.stringify({ ...common, choices, usage }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
