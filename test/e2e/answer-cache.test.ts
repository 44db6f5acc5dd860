// The answer cache in a running server: what its callers see, and what is written down.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AnsweringServer, createSite, type Site } from '../support/server.ts'
import { smallConfig, smallRoute, smallTraining } from '../support/small-training.ts'
import { readEvents } from '../support/sse.ts'

const CODE_ROUTE = smallRoute('code')
const COOKING_ROUTE = smallRoute('cooking')

let site: Site
let server: AnsweringServer

beforeAll(async () => {
  const config = smallConfig() as { routes: Record<string, object> }
  const routes = {
    ...config.routes,
    [CODE_ROUTE]: { ...config.routes[CODE_ROUTE], cache: { mode: 'exact' } },
    [COOKING_ROUTE]: { ...config.routes[COOKING_ROUTE], cache: { mode: 'semantic' } },
  }
  site = await createSite({ config: { ...config, routes }, training: smallTraining() })
  server = await site.startHere()
}, 120_000)

afterAll(() => site.remove())

const ask = (content: string, body: object = {}, path = '/v1/chat/completions') =>
  server.post(path, { model: 'auto', messages: [{ role: 'user', content }], ...body })

interface Answer {
  choices: { message: { content: string } }[]
  usage: { prompt_tokens: number }
}
const answerOf = async (response: Response) => (await response.json()) as Answer

const CODE = 'write a python function that removes duplicates from a list'

describe('an exact cache', { shuffle: false }, () => {
  it('says miss, then hit, and costs no call', async () => {
    const first = await ask(CODE)
    expect(first.headers.get('x-router-route')).toBe(CODE_ROUTE)
    expect(first.headers.get('x-router-cache')).toBe('miss')
    const answer = await answerOf(first)
    const again = await ask(CODE, { metadata: { session_id: 'another' } })
    expect(Object.fromEntries(again.headers)).toMatchObject({
      'x-router-cache': 'hit',
      'x-router-cache-kind': 'exact',
      'x-router-attempts': '0',
      'x-router-model': 'small',
    })
    const { choices, usage } = await answerOf(again)
    expect(choices).toEqual(answer.choices)
    expect(usage).toMatchObject({ prompt_tokens: answer.usage.prompt_tokens, cost: 0 })
    const id = again.headers.get('x-router-decision-id')
    const receipt = await (await fetch(`${server.url}/v1/decisions/${id}`)).json()
    expect(receipt).toMatchObject({ outcome: 'served', attempts: [], cost_usd: 0, cache: 'exact' })
    const hits = `signalbox_cache_total{route="${CODE_ROUTE}",status="hit"}`
    expect(await server.metric(hits)).toBe(1)
  })

  it('gives the same answer as a stream, and to the other dialects', async () => {
    const told = (await answerOf(await ask(CODE))).choices[0]?.message.content
    const stream = await ask(CODE, { stream: true })
    expect(stream.headers.get('x-router-cache')).toBe('hit')
    const events = readEvents(await stream.text())
    expect(events.at(-1)?.data).toEqual({ done: true })
    const deltas = events.flatMap(
      ({ data }) => (data.choices ?? []) as { delta: { content?: string } }[],
    )
    expect(deltas.map(({ delta }) => delta.content ?? '').join('')).toBe(told)
    const asMessage = { max_tokens: 100 }
    await ask(CODE, asMessage, '/v1/messages')
    const message = await ask(CODE, asMessage, '/v1/messages')
    expect(message.headers.get('x-router-cache')).toBe('hit')
    expect(await message.json()).toMatchObject({ type: 'message', content: [{ text: told }] })
  })

  it('does not serve what is only like it', async () => {
    const response = await ask(`Please ${CODE}`)
    expect(response.headers.get('x-router-cache')).toBe('miss')
  })
})

it('a semantic cache serves the same question in other courtesies, by its own embedding', async () => {
  const ROAST = 'how do I reheat roast potatoes so that they stay crisp'
  const first = await ask(ROAST)
  expect(first.headers.get('x-router-route')).toBe(COOKING_ROUTE)
  const like = await ask('How can I reheat roast potatoes so that they stay crisp?')
  expect(like.headers.get('x-router-cache')).toBe('hit')
  expect(like.headers.get('x-router-cache-kind')).toBe('semantic')
  expect((await answerOf(like)).choices).toEqual((await answerOf(first)).choices)
  const not = await ask('how do I reheat roast potatoes so that they do not stay crisp')
  expect(not.headers.get('x-router-cache')).toBe('miss')
})

it('a route without a cache is bypassed', async () => {
  const response = await ask('Hello', { model: 'route:general' })
  expect(response.headers.get('x-router-cache')).toBe('bypass')
  expect(response.headers.get('x-router-cache-kind')).toBeNull()
})
