// Arms by command and by HTTP on a running server: a shadow that is only looked at, a canary that votes end.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { DescribedArms } from '../../src/arms/describe-arms.ts'
import { type AnsweringServer, createSite, type Site } from '../support/server.ts'
import { smallConfig, smallTraining } from '../support/small-training.ts'

const PROMPT = 'how long do I simmer a tomato sauce'

interface Routed {
  id: string
  arm: string | null
  index_generation: number
}

/** As far as these tests read it, when it is no error. */
interface ArmsBody {
  shadow: { decisions: number }
  canary: object
}

let site: Site
let server: AnsweringServer

beforeAll(async () => {
  site = await createSite({ config: smallConfig(), training: smallTraining() })
  server = await site.startHere()
  const { stderr, stdout } = await site.run(['rebuild', '--force', '--json'])
  expect(stderr).toBe('')
  expect(JSON.parse(stdout).generation).toBe(2)
  await site.run(['rollback', '--to', '1'])
}, 180_000)

afterAll(() => site.remove())

const arms = async (...args: string[]): Promise<DescribedArms> => {
  const { exitCode, stdout, stderr } = await site.run(['arms', ...args, '--json'])
  expect(stderr).not.toContain('error')
  expect(exitCode).toBe(0)
  return JSON.parse(stdout)
}

const route = async (sessionId: string): Promise<Routed & { header: string | null }> => {
  const response = await fetch(`${server.url}/v1/route`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-session-id': sessionId },
    body: JSON.stringify({ prompt: PROMPT }),
  })
  const header = response.headers.get('x-router-index-version')
  return { ...((await response.json()) as Routed), header }
}

const admin = async (method: string, path: string, body?: object) => {
  const response = await fetch(`${server.url}/admin/arms${path}`, {
    method,
    ...(body && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
  return { status: response.status, body: (await response.json()) as ArmsBody }
}

describe('arms of a running server', { shuffle: false }, () => {
  it('begin none', async () => {
    expect(await arms()).toEqual({ current: 1, shadow: null, canary: null })
    expect((await admin('GET', '')).body).toEqual({
      object: 'arms',
      current: 1,
      shadow: null,
      canary: null,
    })
  }, 60_000)

  it('shadow what is decided, without effect, as both doors tell', async () => {
    const started = await admin('PUT', '/shadow', { generation: 2 })
    expect(started).toMatchObject({
      status: 200,
      body: { shadow: { generation: 2, problem: null } },
    })
    for (let n = 0; n < 5; n++) {
      expect(await route(`shadowed-${n}`)).toMatchObject({ arm: 'serving', index_generation: 1 })
    }
    await vi.waitFor(async () => expect((await admin('GET', '')).body.shadow.decisions).toBe(5), {
      timeout: 20_000,
      interval: 200,
    })
    expect(await arms('end', 'shadow', '--reason', 'seen enough')).toMatchObject({ shadow: null })
    expect((await admin('DELETE', '/shadow')).status).toBe(404)
  }, 60_000)

  it('try a canary on a share of the sessions until votes roll it back', async () => {
    const { stdout } = await site.run(['arms', 'canary', '2', '--share', '0.5'])
    expect(stdout).toMatch(
      /^Generation 1 is current\.\nNo shadow\.\nCanary: generation 2 on 50\.0 % of the sessions against generation 1, since \S+Z, by cli\.\n {2}Too early to say\. /,
    )
    const { body } = await admin('GET', '')
    expect(body.canary).toMatchObject({ generation: 2, against: 1, share: 0.5 })
    await vi.waitFor(
      async () => {
        const tried = await Promise.all(Array.from({ length: 12 }, (_, n) => route(`warm-${n}`)))
        expect(new Set(tried.map(({ arm }) => arm)).size).toBe(2)
      },
      { timeout: 20_000, interval: 200 },
    )
    for (let n = 0; n < 60; n++) {
      const decision = await route(`person-${n}`)
      const isCanary = decision.arm === 'canary'
      expect(decision.index_generation).toBe(isCanary ? 2 : 1)
      expect(decision.header).toBe(String(decision.index_generation))
      const verdict = isCanary ? 'bad' : 'good'
      const voted = await server.post('/v1/feedback', { decision_id: decision.id, verdict })
      expect(voted.status).toBe(201)
    }
    const line = await server.logged(({ msg }) => msg === 'The canary was rolled back.')
    expect(line).toMatchObject({ generation: 2, against: 1 })
    expect((await arms()).canary).toBeNull()
    await vi.waitFor(
      async () => {
        const after = await Promise.all(Array.from({ length: 12 }, (_, n) => route(`person-${n}`)))
        expect(after.every(({ index_generation: number }) => number === 1)).toBe(true)
      },
      { timeout: 20_000, interval: 200 },
    )
    expect(await server.metric('signalbox_arm_decisions_total{arm="canary"}')).toBeGreaterThan(0)
  }, 120_000)

  it('refuse what makes no sense, with words', async () => {
    expect(await admin('PUT', '/canary', { generation: 2, share: 0.9 })).toMatchObject({
      status: 400,
    })
    expect(await admin('PUT', '/canary', { generation: 9, share: 0.1 })).toMatchObject({
      status: 404,
      body: { error: { message: 'There is no generation 9; generations: 1, 2.' } },
    })
    const { exitCode, stderr } = await site.run(['arms', 'canary', '1', '--share', '0.1'])
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('Generation 1 is the current')])
  }, 60_000)
})
