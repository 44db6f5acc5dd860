// The way of a prompt whose preferred model cannot serve it: decided by taste, given to a stand-in, remembered as decided.
import { expect, it } from 'vitest'
import { checkConfig } from '../src/config/load-config.ts'
import type { Classification, Decision } from '../src/core/types.ts'
import { createPipeline } from '../src/pipeline.ts'
import type { CallRequest } from '../src/upstream/call/call.ts'

const config = checkConfig(
  {
    providers: { demo: { kind: 'echo' } },
    models: {
      plain: { provider: 'demo', name: 'a', capabilities: [] },
      tooled: { provider: 'demo', name: 'b', capabilities: ['tools'] },
    },
    routes: { code: { models: ['plain', 'tooled'] }, talk: { models: ['plain'] } },
    default_route: 'talk',
  },
  'the test configuration',
)

/** Sure of prompts about loops, unsure of all else. */
const classificationOf = (text: string): Classification => {
  const [route, other, score] = /loop/.test(text) ? ['code', 'talk', 0.95] : ['talk', 'code', 0.55]
  const scores = [
    { route: route as string, score: score as number },
    { route: other as string, score: 1 - (score as number) },
  ]
  const confidence = scores[0]?.score ?? 0
  return { scores, confidence, margin: 0.1, neighbours: [], novelty: 0, noveltyLimit: 1 }
}

const setup = () => {
  const called: CallRequest[] = []
  const recorded: Decision[] = []
  let ids = 0
  const pipeline = createPipeline({
    config,
    configVersion: 'c0ffee',
    classify: async ({ text }) => ({
      classification: classificationOf(text),
      embedding: null,
      generation: null,
      degradedBy: null,
    }),
    callUpstream: async (request) => {
      called.push(request)
      return {
        kind: 'reply',
        attempts: [],
        reply: { kind: 'json', status: 200, body: {}, usage: null },
      }
    },
    store: { recordDecision: (decision) => void recorded.push(decision) },
    recordCompletion: () => undefined,
    onDecision: () => undefined,
    digest: (text) => text,
    newId: () => `id-${++ids}`,
    now: () => 1_000,
  })
  const chat = (content: string, rest: object = {}) => {
    const messages = [{ role: 'user' as const, content }]
    return pipeline.chat({
      requestId: 'r',
      model: 'auto',
      messages,
      sessionId: 'a-session',
      signal: new AbortController().signal,
      body: { model: 'auto', messages, ...rest },
    })
  }
  return { chat, called, recorded, pipeline }
}

const TOOLS = { tools: [{ type: 'function', function: { name: 'f' } }] }

it('calls the model of the route that can serve, and no other that cannot', async () => {
  const { chat, called, recorded } = setup()
  const { decision } = await chat('Why does my loop never end?', TOOLS)
  const expected = {
    route: 'code',
    model: 'tooled',
    reason: 'constrained',
    skipped: [{ model: 'plain', constraint: 'tools' }],
  }
  expect(decision).toMatchObject(expected)
  expect(recorded).toMatchObject([expected])
  expect(called[0]?.chain.models).toEqual(['tooled'])
})

it('calls nobody and records nothing where no model can serve', async () => {
  const { chat, called, recorded } = setup()
  await expect(chat('Hello', TOOLS)).rejects.toMatchObject({
    code: 'invalid_request',
    param: 'tools',
  })
  expect(called).toEqual([])
  expect(recorded).toEqual([])
})

it('lets the conversation go on from the route, whichever model stood in', async () => {
  const { chat } = setup()
  await chat('Why does my loop never end?', TOOLS)
  const { decision } = await chat('shorter please')
  expect(decision).toMatchObject({ route: 'code', model: 'plain', inherited: { source: 'memory' } })
})
