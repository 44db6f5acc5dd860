// A fresh folder and nothing but one provider's variable in the environment: the server starts, serves that provider's models, and
// knows what they cost. Asked before the first index is built: who serves does not depend on it.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type ServerProcess, spawnServer } from '../support/server-process.ts'

vi.setConfig({ testTimeout: 60_000 })

interface Asked {
  path: string
  model: string
}

/** Answers in Anthropic's form under /v1/messages, in OpenAI's elsewhere. */
const startProvider = async (): Promise<{ url: string; asked: Asked[] }> => {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request) text += part
    const { model } = JSON.parse(text)
    const path = request.url ?? ''
    asked.push({ path, model })
    const content = 'A haiku.'
    const anthropic = {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model, stop_reason: 'end_turn' },
      content: [{ type: 'text', text: content }],
      usage: { input_tokens: 100, output_tokens: 50 },
    }
    const openai = {
      ...{ id: 'c1', object: 'chat.completion', created: 1, model },
      choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 100, completion_tokens: 50, total_tokens: 150 },
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(path.endsWith('/messages') ? anthropic : openai))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}

const startBare = async (env: Record<string, string>): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'signalbox-bare-'))
  const { PATH, HOME } = process.env
  const data = join(dir, 'data')
  const server: ServerProcess = spawnServer(dir, {
    ...{ PATH, HOME, PORT: '0', SIGNALBOX_DATA: data },
    ...env,
  })
  onTestFinished(async () => {
    server.child.kill('SIGKILL')
    await server.exit
    await rm(dir, { recursive: true, force: true })
  })
  const { url } = await server.logged(({ msg }) => msg === 'listening')
  return String(url)
}

const ask = async (url: string) => {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'a haiku' }] }),
  })
  const body = (await answer.json()) as { usage?: { cost?: number } }
  return { status: answer.status, cost: body.usage?.cost }
}

it('serves Anthropic’s models, at known prices, where there is ANTHROPIC_API_KEY alone', async () => {
  const { url: address, asked } = await startProvider()
  const url = await startBare({ ANTHROPIC_API_KEY: 'any', ANTHROPIC_BASE_URL: `${address}/v1` })
  const { status, cost } = await ask(url)
  expect(status).toBe(200)
  expect(asked).toEqual([{ path: '/v1/messages', model: expect.stringMatching(/^claude-/) }])
  expect(cost).toBeGreaterThan(0)
})

it('serves the models of an Ollama, at a price that stays unknown, where there is its address alone', async () => {
  const { url: address, asked } = await startProvider()
  const url = await startBare({ OLLAMA_HOST: address })
  const { status, cost } = await ask(url)
  expect(status).toBe(200)
  expect(asked).toEqual([
    { path: '/v1/chat/completions', model: expect.stringMatching(/llama|qwen/) },
  ])
  expect(cost ?? null).toBeNull()
})
