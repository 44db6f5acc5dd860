// The loop closes, by HTTP and commands alone: a misrouted prompt, a correction, a rebuild, the running server routes it
// right, and a rollback takes it back. The prompts are one company's jargon: its service named soufflé is no dish.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { RebuildReport } from '../../src/training/rebuild/rebuild.ts'
import {
  type AnsweringServer,
  createSite,
  type RoutedJson,
  type Site,
  troublesIn,
} from '../support/server.ts'
import { smallConfig, smallRoute, smallTraining } from '../support/small-training.ts'

const MISROUTED = 'the soufflé collapsed again, whisk the eggs on the second shelf and reheat it'
const PARAPHRASE = 'our soufflé has collapsed again: whisk the eggs on shelf two, then reheat it'
const UNTOUCHED = 'how long do I simmer a tomato sauce'
/** What its prompts are routed to before and after. */
const COOKING = smallRoute('cooking')
const CODE = smallRoute('code')

let site: Site
let server: AnsweringServer

beforeAll(async () => {
  site = await createSite({ config: smallConfig(), training: smallTraining() })
  server = await site.startHere()
}, 120_000)

afterAll(() => site.remove())

/** Asks until the server serves `generation`: it takes a new one over by itself, within a second. */
const routeIn = (generation: number, prompt: string): Promise<RoutedJson> =>
  vi.waitFor(
    async () => {
      const decision = await server.route(prompt)
      expect(decision.index_generation).toBe(generation)
      return decision
    },
    { timeout: 20_000, interval: 100 },
  )

const command = async <T>(...args: string[]): Promise<T> => {
  const { exitCode, stdout, stderr } = await site.run([...args, '--json'])
  expect(stderr).not.toContain('error')
  expect(exitCode).toBe(0)
  return JSON.parse(stdout) as T
}

describe('feedback', { shuffle: false }, () => {
  let before: RoutedJson
  let feedbackExemplar: string

  it('is taken for a decision that went wrong', async () => {
    before = await server.route(MISROUTED)
    expect(before).toMatchObject({ route: COOKING, reason: 'matched', index_generation: 1 })
    expect((await server.route(PARAPHRASE)).route).toBe(COOKING)
    const response = await server.post('/v1/feedback', {
      decision_id: before.id,
      verdict: 'bad',
      correct_route: CODE,
    })
    expect(response.status).toBe(201)
    expect((await server.route(MISROUTED)).route).toBe(COOKING)
  })

  it('becomes an exemplar at the next rebuild, which says so', async () => {
    const report = await command<RebuildReport>('rebuild')
    expect(report).toMatchObject({ generation: 2, parent: 1, embedded: 0, unchanged: false })
    expect(report.fromFeedback).toMatchObject({
      accepted: [{ route: CODE, text: MISROUTED, decisionIds: [before.id] }],
      rejected: [],
    })
    feedbackExemplar = report.fromFeedback.accepted[0]?.exemplarId as string
    expect(feedbackExemplar).toMatch(/^fb_[0-9a-f]{12}$/)
  }, 60_000)

  it('routes the prompt and a paraphrase right in the running server, and names its exemplar', async () => {
    for (const prompt of [MISROUTED, PARAPHRASE]) {
      const decision = await routeIn(2, prompt)
      expect(decision).toMatchObject({ route: CODE, reason: 'matched', index_generation: 2 })
      expect(decision.neighbours[0]).toMatchObject({
        exemplar_id: feedbackExemplar,
        route: CODE,
        text: MISROUTED,
      })
    }
    expect((await server.route(UNTOUCHED)).route).toBe(COOKING)
  }, 60_000)

  it('is seen in the log of decisions under the generation that each was made by', async () => {
    const response = await fetch(`${server.url}/v1/decisions/${before.id}`)
    expect(await response.json()).toMatchObject({ route: COOKING, index_generation: 1 })
  })

  it('changes nothing when the index is built again from the same votes', async () => {
    expect(await command<RebuildReport>('rebuild')).toMatchObject({
      generation: 2,
      unchanged: true,
    })
  }, 60_000)

  it('is taken back by a rollback, without a restart', async () => {
    expect(await command('rollback')).toEqual({ from: 2, to: 1 })
    expect(await routeIn(1, MISROUTED)).toMatchObject({ route: COOKING })
    expect(troublesIn(server.log())).toEqual([])
  }, 60_000)
})
