// Section T of the acceptance list, timers and streams: silence, slowness, cuts and stalls, live and held back.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { DONE, STOP, stream } from '../support/fake-provider.ts'
import { type answer, dataOf, textOf, WHOLE_TEXT } from '../support/faulty-provider.ts'
import { createRig } from '../support/rig.ts'

it('T06 gives a silent target up at its first-byte limit, does not repeat it, and falls back', async () => {
  for (const isStream of [false, true]) {
    const rig = await createRig({ chain: ['silent', 'ok'] })
    expect(await rig.ask({ stream: isStream })).toMatchObject({ status: 200, isClean: true })
    expect(rig.at('silent')).toHaveLength(1)
    expect(rig.at('ok')).toHaveLength(1)
    const [silent] = (await rig.row('r1')).attempts
    expect(silent).toMatchObject({ status: null, errorCode: 'upstream_timeout' })
    expect(silent?.durationMs).toBeGreaterThan(690)
    expect(silent?.durationMs).toBeLessThan(2_000)
  }
})

it('T06 ends with the total deadline whatever the targets do', async () => {
  const chain = ['silent', 'silent#2', 'silent#3', 'silent#4']
  const rig = await createRig({ chain, resilience: { total_timeout_ms: 1_000 } })
  const reply = await rig.ask()
  expect(reply.status).toBe(504)
  expect(reply.tookMs).toBeGreaterThan(990)
  expect(reply.tookMs).toBeLessThan(3_000)
  expect(rig.provider.attempts).toHaveLength(2)
})

it('T07 fails over from headers without a first token, in one coherent stream', async () => {
  const faults = {
    'slow-first-token': async (x: Parameters<typeof answer>[0]) => {
      stream(x)
      await sleep(3_000, undefined, { ref: false })
      if (!x.response.destroyed) x.response.end(STOP)
    },
  }
  const rig = await createRig({ chain: ['slow-first-token', 'ok'], faults })
  const reply = await rig.ask({ stream: true })
  expect(reply).toMatchObject({ status: 200, isClean: true })
  expect(textOf(reply.text)).toBe(WHOLE_TEXT)
  expect(reply.text.match(/"role":"assistant"/g)).toHaveLength(1)
  expect(reply.text.endsWith('data: [DONE]\n\n')).toBe(true)
  expect(reply.tookMs).toBeLessThan(2_500)
})

it('T07 waits for a slow first token as long as for any other where no model is left to try', async () => {
  const late = async (x: Parameters<typeof answer>[0]) => {
    stream(x)
    await sleep(400, undefined, { ref: false })
    x.response.end([STOP, DONE].join(''))
  }
  const resilience = {
    first_token_timeout_ms: 200,
    first_byte_timeout_ms: 5_000,
    idle_timeout_ms: 5_000,
  }
  const rig = await createRig({ chain: ['silent', 'late'], faults: { late }, resilience })
  const reply = await rig.ask({ stream: true })
  expect(reply).toMatchObject({ status: 200, isClean: true })
  expect(reply.headers.get('x-router-model')).toBe('late')
  const [given] = (await rig.row('r1')).attempts
  expect(given).toMatchObject({ model: 'silent', errorCode: 'upstream_timeout' })
})

const expectCut = (reply: { text: string; isClean: boolean }): void => {
  expect(reply.isClean).toBe(false)
  expect(textOf(reply.text)).toBe(WHOLE_TEXT.slice(0, WHOLE_TEXT.indexOf('t40 ')))
  expect(reply.text).not.toContain('[DONE]')
  expect(reply.text).not.toContain('"finish_reason":"stop"')
  expect(JSON.parse(dataOf(reply.text).at(-1) ?? '')).toMatchObject({
    error: { code: 'upstream_interrupted' },
  })
}

it('T08 never lets a stream that was cut after forty tokens look whole', async () => {
  const rig = await createRig({ chain: ['cut-40', 'ok'] })
  const reply = await rig.ask({ stream: true })
  expect(reply.status).toBe(200)
  expectCut(reply)
  expect(await rig.row('r1')).toMatchObject({ outcome: 'interrupted', model: 'cut-40' })
  expect(rig.at('ok')).toEqual([])
})

it('T09 ends a stream that stalls at its idle limit, and serves the next call', async () => {
  const rig = await createRig({ chain: ['stall-40'], others: ['ok'] })
  const reply = await rig.ask({ stream: true })
  expectCut(reply)
  expect(reply.tookMs).toBeLessThan(3_000)
  expect((await rig.at('stall-40')[0]?.closed)?.isAborted).toBe(true)
  expect(await rig.row('r1')).toMatchObject({ outcome: 'interrupted' })
  expect(await rig.ask({ model: 'ok' })).toMatchObject({ status: 200 })
})

it('T08 T09 held back, a cut or stalled stream is replaced by a whole one', async () => {
  for (const fault of ['cut-40', 'stall-40', 'error-mid', 'no-finish']) {
    const rig = await createRig({ chain: [fault, 'ok'], resilience: { stream: 'buffered' } })
    const reply = await rig.ask({ stream: true })
    expect(reply, fault).toMatchObject({ status: 200, isClean: true })
    expect(textOf(reply.text), fault).toBe(WHOLE_TEXT)
    expect(reply.text.endsWith('data: [DONE]\n\n'), fault).toBe(true)
    expect(reply.headers.get('content-type')).toContain('text/event-stream')
    expect(reply.headers.get('x-router-model')).toBe('ok')
    expect(rig.at(fault), fault).toHaveLength(1)
    const row = await rig.row('r1')
    expect(row, fault).toMatchObject({ outcome: 'served', model: 'ok', costUsd: 13e-6 })
    expect(row.attempts[0]?.errorCode, fault).toMatch(/^upstream_/)
  }
})

it('T08 held back by its route alone, a cut stream without a fallback is an error, not half an answer', async () => {
  const rig = await createRig({ chain: ['cut-40'], routeResilience: { stream: 'buffered' } })
  const reply = await rig.ask({ stream: true })
  expect(reply.status).toBe(502)
  expect(JSON.parse(reply.text)).toMatchObject({ error: { code: 'upstream_interrupted' } })
  expect(await rig.row('r1')).toMatchObject({ outcome: 'failed', costUsd: null })
})

it('T10 skips an event that is not JSON, with one log line, and gives the rest intact', async () => {
  const rig = await createRig({ chain: ['invalid-event'] })
  const reply = await rig.ask({ stream: true })
  expect(reply).toMatchObject({ status: 200, isClean: true })
  expect(textOf(reply.text)).toBe('Grüße aus 東京 🚄!')
  expect(rig.deps.lines.filter(({ message }) => message.startsWith('skipped'))).toHaveLength(1)
})

it('T11 finishes a stream without [DONE] at its end, and records its usage', async () => {
  const rig = await createRig({ chain: ['no-done'] })
  const reply = await rig.ask({ stream: true })
  expect(reply).toMatchObject({ status: 200, isClean: true })
  expect(reply.text.endsWith('data: [DONE]\n\n')).toBe(true)
  expect(reply.tookMs).toBeLessThan(1_500)
  expect(await rig.row('r1')).toMatchObject({
    outcome: 'served',
    usage: { promptTokens: 7, completionTokens: 3, isEstimated: false },
  })
})

it('T23 holds a slow stream to the total deadline', async () => {
  const faults = {
    drip: async ({ response }: Parameters<typeof answer>[0]) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      const event = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x' } }] })}\n\n`
      while (!response.destroyed) {
        response.write(event)
        await sleep(100)
      }
    },
  }
  const rig = await createRig({ chain: ['drip'], faults, resilience: { total_timeout_ms: 1_000 } })
  const reply = await rig.ask({ stream: true })
  expect(reply.isClean).toBe(false)
  expect(reply.tookMs).toBeGreaterThan(990)
  expect(reply.tookMs).toBeLessThan(3_000)
  await rig.row('r1')
  expect(rig.resilience.health()).toMatchObject({
    targets: [{ failures: 0 }],
    providers: [{ active: 0 }, { active: 0 }],
  })
})
