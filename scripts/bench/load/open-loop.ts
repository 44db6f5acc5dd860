// Prompts sent whether or not the ones before were answered, as users do, and what became of each. Used by load.ts.
import { setTimeout as pause } from 'node:timers/promises'
import { Pool } from 'undici'
import type { Random } from '../../../src/core/statistics/random.ts'
import { median, summarise } from '../summary.ts'

/**
 * How a prompt was decided: by all parts, by its words before the encoder, by its words instead of it, by the configuration, or not at
 * all (503).
 */
export type Kind = 'classified' | 'first' | 'words' | 'default' | 'refused'

export interface Answer {
  prompt: string
  route: string
  kind: Kind
  /** When it was sent, and how long it took. */
  atMs: number
  ms: number
}

export interface Client {
  ask(prompt: string): Promise<Answer>
  /** Milliseconds that a request takes for which nothing is to be done. */
  ping(): Promise<number>
  close(): Promise<void>
}

const CONNECTIONS = 512
const PROBE_EVERY_MS = 20

type Headers = Record<string, string | string[] | undefined>

const kindOf = (statusCode: number, headers: Headers): Kind => {
  if (statusCode === 503) return 'refused'
  if (headers['x-router-reason'] === 'words') return 'first'
  if (headers['x-router-reason'] !== 'degraded') return 'classified'
  return headers['x-router-confidence'] === undefined ? 'default' : 'words'
}

const questionOf = (prompt: string) => ({
  path: '/v1/chat/completions',
  method: 'POST' as const,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: prompt }] }),
})

/** @throws where an answer is neither a 200 nor the 503 of a server that takes no more */
export const createClient = (url: string): Client => {
  const pool = new Pool(url, { connections: CONNECTIONS, pipelining: 1 })
  return {
    ask: async (prompt) => {
      const atMs = performance.now()
      const { statusCode, headers, body } = await pool.request(questionOf(prompt))
      const text = await body.text()
      if (statusCode !== 200 && statusCode !== 503) {
        throw new Error(`status ${statusCode}: ${text.slice(0, 200)}`)
      }
      const route = String(headers['x-router-route'])
      const kind = kindOf(statusCode, headers)
      return { prompt, route, kind, atMs, ms: performance.now() - atMs }
    },
    ping: async () => {
      const startedAt = performance.now()
      const { body } = await pool.request({ path: '/', method: 'GET' })
      await body.dump()
      return performance.now() - startedAt
    },
    close: () => pool.close(),
  }
}

/** Does the work, and pings the server meanwhile: a long ping is a gap of its event loop. */
export const withPings = async <T extends object>(
  { ping }: Client,
  work: () => Promise<T>,
): Promise<T & { longestPingMs: number }> => {
  let isDone = false
  const times: number[] = []
  const pinging = (async () => {
    while (!isDone) {
      times.push(await ping())
      await pause(PROBE_EVERY_MS)
    }
  })()
  const result = await work().finally(() => {
    isDone = true
  })
  await pinging
  return { ...result, longestPingMs: Math.max(...times) }
}

/** Prompts a second that are classified while `inFlight` wait at all times. */
export const closedLoop = async (
  { ask }: Client,
  { inFlight, seconds, next }: { inFlight: number; seconds: number; next: () => string },
): Promise<{ answers: Answer[]; perSecond: number }> => {
  const startedAt = performance.now()
  const endsAt = startedAt + 1_000 * seconds
  const answers: Answer[] = []
  const work = async (): Promise<void> => {
    while (performance.now() < endsAt) answers.push(await ask(next()))
  }
  await Promise.all(Array.from({ length: inFlight }, work))
  const classified = answers.filter(({ kind }) => kind === 'classified').length
  return { answers, perSecond: (1_000 * classified) / (performance.now() - startedAt) }
}

/** Sends at `perSecond` with exponential gaps (a Poisson process), late ones at once. */
export const openLoop = async (
  { ask }: Client,
  options: { perSecond: number; seconds: number; next: () => string; random: Random },
): Promise<Answer[]> => {
  const { perSecond, seconds, next, random } = options
  const startedAt = performance.now()
  const pending: Promise<Answer>[] = []
  for (let at = 0; at < 1_000 * seconds; at += (-1_000 * Math.log(1 - random())) / perSecond) {
    const early = startedAt + at - performance.now()
    if (early > 1) await pause(early)
    pending.push(ask(next()))
  }
  return Promise.all(pending)
}

const PROBED_MS = 1_500

/** Milliseconds after an overload from which on every prompt is classified; asked at no more than half the capacity. */
export const recoveryMs = async (
  { ask }: Client,
  { next, capacity }: { next: () => string; capacity: number },
): Promise<number> => {
  const everyMs = Math.max(PROBE_EVERY_MS, 2_000 / capacity)
  const startedAt = performance.now()
  const probes: Promise<Answer>[] = []
  while (performance.now() - startedAt < PROBED_MS) {
    probes.push(ask(next()))
    await pause(everyMs)
  }
  const late = (await Promise.all(probes)).filter(({ kind }) => kind !== 'classified')
  return Math.max(0, ...late.map(({ atMs }) => atMs - startedAt + everyMs))
}

const shareOf = (answers: readonly Answer[], kind: Kind): number =>
  answers.filter((answer) => answer.kind === kind).length / Math.max(1, answers.length)

/** Shares of the answers, and how long the classified ones took. */
export interface Described {
  sent: number
  classified: number
  byWordsFirst: number
  byWords: number
  byDefault: number
  refused: number
  p50Ms: number | null
  p99Ms: number | null
}

export const describeAnswers = (answers: readonly Answer[]): Described => {
  const classified = answers.filter(({ kind }) => kind === 'classified').map(({ ms }) => ms)
  return {
    sent: answers.length,
    classified: shareOf(answers, 'classified'),
    byWordsFirst: shareOf(answers, 'first'),
    byWords: shareOf(answers, 'words'),
    byDefault: shareOf(answers, 'default'),
    refused: shareOf(answers, 'refused'),
    p50Ms: classified.length > 0 ? median(classified) : null,
    p99Ms: classified.length > 0 ? summarise(classified).p99 : null,
  }
}
