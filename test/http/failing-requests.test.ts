// O12: requests that fail by the thousand leave one short line each, and none of what they held.
import { expect, it } from 'vitest'
import { createApp } from '../../src/http/app.ts'
import { createFakeDeps } from '../support/http-fakes.ts'

/** `SIGNALBOX_TEST_PROFILE=full` sends ten thousand, which take ten seconds and more. */
const REQUESTS = process.env.SIGNALBOX_TEST_PROFILE === 'full' ? 10_000 : 1_000

it('writes at most one line of at most 2 kB for each of thousands of failures', async () => {
  const deps = createFakeDeps()
  const app = createApp(deps)
  const body = `{"model":"auto","messages":[{"role":"user","content":"${'secret '.repeat(500)}`
  const headers = { 'content-type': 'application/json' }
  for (let i = 0; i < REQUESTS; i++) {
    const answer = await app.request('/v1/chat/completions', { method: 'POST', headers, body })
    if (answer.status !== 400) throw new Error(`answered ${answer.status}`)
  }
  await new Promise((resolve) => setImmediate(resolve))
  expect(deps.lines).toHaveLength(REQUESTS)
  const written = deps.lines.map((line) => JSON.stringify(line))
  expect(Math.max(...written.map((line) => line.length))).toBeLessThan(2_000)
  expect(written.some((line) => line.includes('secret'))).toBe(false)
}, 120_000)
