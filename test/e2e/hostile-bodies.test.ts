// A hundred bodies that a careless server stands still for, against the real one: each is answered, and liveness never fails.
// How long that takes is measured by `npm run bench:hostile`.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hostileBodies } from '../../scripts/rig/hostile-bodies.ts'
import { sendBodies } from '../../scripts/rig/send-bodies.ts'
import { createSite, type RunningServer } from '../support/server.ts'

const site = await createSite()
let server: RunningServer
beforeAll(async () => {
  server = await site.start()
})
afterAll(() => site.remove())

/** A megabyte; what is larger takes the same way in more steps. */
const BYTES = 1_048_576

/** By chat's name and Anthropic's. */
const SHED = ['overloaded', 'overloaded_error']

describe.each([1, 10])('a megabyte of each hostile body, %i at once', (atOnce) => {
  it('is answered or refused by name, while liveness answers', async () => {
    const bodies = hostileBodies(BYTES)
    expect(bodies.length).toBeGreaterThan(100)
    const { bodies: sent, livenessMs } = await sendBodies(server.url, bodies, atOnce)
    expect(sent).toHaveLength(bodies.length)
    // A machine so crowded that the loop waits for a core may shed; nothing else is a failure of ours.
    const failed = sent.filter(({ status, code }) => status >= 500 && !SHED.includes(String(code)))
    expect(failed).toEqual([])
    expect(livenessMs.length).toBeGreaterThan(1)
    expect((await server.post('/v1/route', { prompt: 'Who is there?' })).status).toBeLessThan(504)
  }, 300_000)
})

it('leaves no line in the log that holds a body', () => {
  const longest = Math.max(...server.log().map((line) => JSON.stringify(line).length))
  expect(longest).toBeLessThan(4_000)
})
