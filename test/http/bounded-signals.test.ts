// The whole app with the real metrics and the real logger: what callers write freely adds no series and reaches no line.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import { createLogger } from '../../src/telemetry/logger.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { createFakeDeps } from '../support/http-fakes.ts'

const CANARY = 'canary-9d41c7'

const createSubject = () => {
  const fake = createFakeDeps()
  const { config, pipeline } = fake
  const metrics = createMetrics({
    routes: Object.keys(config.routes),
    models: Object.keys(config.models),
  })
  const lines: string[] = []
  const logger = createLogger({
    level: 'debug',
    destination: { write: (line: string) => void lines.push(line) },
  })
  const { chat } = pipeline
  pipeline.chat = async (request) => {
    const onComplete: typeof request.onComplete = (completion) => {
      metrics.onCompletion(pipeline.decision, completion)
      request.onComplete?.(completion)
    }
    const outcome = await chat({ ...request, onComplete })
    metrics.onDecision(outcome.decision)
    metrics.onCache('miss', outcome.decision.route)
    return outcome
  }
  const app = createApp({ ...fake, metrics, logger })
  const ask = async (unique: string, model = 'auto') => {
    const response = await app.request(`/v1/chat/completions?q=${unique}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': unique,
        'x-session-id': unique,
        'x-request-id': `id ${unique}`,
        [`x-${unique}`]: unique,
      },
      body: JSON.stringify({
        model,
        user: unique,
        metadata: { session_id: unique, [unique]: unique },
        messages: [{ role: 'user', name: unique, content: unique }],
        [unique]: unique,
      }),
    })
    await response.text()
    await nextTurn() // the line comes behind the answer
  }
  const walk = async (path: string) => {
    await app.request(path, { headers: { 'x-any': path } })
    await nextTurn()
  }
  const series = async () =>
    (await metrics.text()).split('\n').filter((line) => line.startsWith('signalbox_')).length
  return { ask, walk, series, metrics, lines }
}

it('adds no series for 200 users, sessions, models, headers and paths', async () => {
  const { ask, walk, series, metrics } = createSubject()
  const everyKind = async (unique: string) => {
    await ask(unique)
    await ask(unique, `model-${unique}`)
    await walk(`/${unique}`)
    await walk(`/v1/decisions/${unique}?route=${unique}`)
  }
  await everyKind('first')
  const before = await series()
  for (let i = 0; i < 200; i++) await everyKind(`u${i}${CANARY}`)
  expect(await series()).toBe(before)
  expect(await metrics.text()).not.toContain(CANARY)
}, 60_000)

it('logs one line a request, without what the caller wrote', async () => {
  const { ask, lines } = createSubject()
  await ask(CANARY)
  await ask(CANARY, CANARY)
  expect(lines.map((line) => JSON.parse(line).status)).toEqual([200, 404])
  expect(lines.join('')).not.toContain(CANARY)
})
