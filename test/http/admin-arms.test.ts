// /admin/arms on the wire: what the service knows, in snake_case, and requests checked before anything is done.
import { expect, it } from 'vitest'
import type { DescribedArms } from '../../src/arms/describe-arms.ts'
import { armsSchema } from '../../src/http/endpoints/admin/arms-schemas.ts'
import { describeHttp } from '../support/http-matrix.ts'

const STARTED = Date.UTC(2026, 0, 2)
const VERDICT = {
  verdict: 'undecided' as const,
  evidence: 1.5,
  peak: 2,
  worseFrom: 20,
  canary: { votes: 10, bad: 2 },
  serving: { votes: 0, bad: 0 },
  summary: 'Too early to say.',
}
const ARMS: DescribedArms = {
  current: 6,
  shadow: {
    generation: 8,
    startedAtMs: STARTED,
    author: 'ops',
    problem: 'It is not loaded yet.',
    summary: {
      decisions: 100,
      differing: 3,
      moves: [{ from: 'code', to: 'math', decisions: 3 }],
      examples: [{ decisionId: 'd1', route: 'code', shadowRoute: 'math', text: null }],
    },
  },
  canary: {
    generation: 7,
    startedAtMs: STARTED,
    author: 'ops',
    share: 0.1,
    against: 6,
    problem: null,
    verdict: VERDICT,
  },
}

describeHttp('/admin/arms', (http) => {
  it('tells the shadow and the canary, and how they do', async () => {
    const { request, deps } = await http.start()
    deps.admin.arms.describe = async () => ARMS
    const response = await request('/admin/arms')
    expect(response.status).toBe(200)
    expect(armsSchema.parse(await response.json())).toEqual({
      object: 'arms',
      current: 6,
      shadow: {
        generation: 8,
        started_at: '2026-01-02T00:00:00.000Z',
        author: 'ops',
        problem: 'It is not loaded yet.',
        decisions: 100,
        differing: 3,
        moves: [{ from: 'code', to: 'math', decisions: 3 }],
        examples: [{ decision_id: 'd1', route: 'code', shadow_route: 'math', text: null }],
      },
      canary: {
        generation: 7,
        started_at: '2026-01-02T00:00:00.000Z',
        author: 'ops',
        problem: null,
        share: 0.1,
        against: 6,
        verdict: 'undecided',
        evidence: 1.5,
        worse_from: 20,
        votes: {
          canary: { votes: 10, bad: 2, bad_rate: 0.2 },
          serving: { votes: 0, bad: 0, bad_rate: null },
        },
        summary: 'Too early to say.',
      },
    })
  })

  it('begins and ends them in the name of who asks', async () => {
    const { request, deps } = await http.start()
    const calls: unknown[] = []
    const noted =
      (name: string) =>
      async (...args: unknown[]) => {
        calls.push([name, ...args])
        return ARMS
      }
    Object.assign(deps.admin.arms, {
      startShadow: noted('shadow'),
      startCanary: noted('canary'),
      end: noted('end'),
    })
    const put = (path: string, body: object) =>
      request(path, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    expect((await put('/admin/arms/shadow', { generation: 8 })).status).toBe(200)
    expect((await put('/admin/arms/canary', { generation: 7, share: 0.1 })).status).toBe(200)
    const ended = await request('/admin/arms/canary?reason=too%20bold', { method: 'DELETE' })
    expect(ended.status).toBe(200)
    expect((await request('/admin/arms/shadow', { method: 'DELETE' })).status).toBe(200)
    expect(calls).toEqual([
      ['shadow', { generation: 8, author: 'local' }],
      ['canary', { generation: 7, share: 0.1, author: 'local' }],
      ['end', 'canary', { author: 'local', reason: 'too bold' }],
      ['end', 'shadow', { author: 'local', reason: 'Ended by hand.' }],
    ])
    for (const body of [{}, { generation: 7, share: 0.6 }, { generation: 7, share: 0 }]) {
      expect((await put('/admin/arms/canary', body)).status).toBe(400)
    }
    expect(calls).toHaveLength(4)
  })
})
