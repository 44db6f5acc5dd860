// The bench's referee: it must call a cut answer a failure wherever that could be taken for whole.
import { expect, it } from 'vitest'
import { type Form, type Received, read } from '../../scripts/bench/faults/client.ts'
import { FAST, FULL } from '../../scripts/bench/faults/profile.ts'
import { isMet, type Results } from '../../scripts/bench/faults/results.ts'
import { scenarios } from '../../scripts/bench/faults/scenarios.ts'
import { type Right, type Score, scoreCase, worst } from '../../scripts/bench/faults/score.ts'
import { chunkEvent, DONE, dataEvent, ROLE, STOP, USAGE } from '../../scripts/rig/fake-provider.ts'
import { WHOLE_TEXT } from '../../scripts/rig/faulty-provider.ts'
import { configSchema } from '../../src/config/config-schema.ts'
import { defaultConfig } from '../../src/config/default-config.ts'

const ALLOWED = { calls: { ok: 1, bad: 2 }, mostMs: 100, leastGapMs: 10 }
const ERROR = dataEvent({ error: { message: 'cut', code: 'upstream_interrupted' } })
const HALF = chunkEvent({ content: WHOLE_TEXT.slice(0, 90) })
const WHOLE = chunkEvent({ content: WHOLE_TEXT })

interface Given {
  text: string
  form?: Form
  status?: number
  isClean?: boolean
  tookMs?: number
  calls?: Record<string, number[]>
  right?: Right
}

const scoreOf = (given: Given): Score => {
  const { text, form = 'sse', status = 200, isClean = true, tookMs = 5 } = given
  const received: Received = { status, header: () => null, text, isClean, tookMs }
  const observed = { received, reading: read(received, form), calls: given.calls ?? { ok: [0] } }
  return scoreCase(observed, given.right ?? 'answer', ALLOWED).score
}

const answered = (content: string, finish: string | null = 'stop') =>
  JSON.stringify({ choices: [{ message: { content }, finish_reason: finish }] })
const failed = (code: string) => JSON.stringify({ error: { message: 'no', code } })
const whole = ROLE + WHOLE + STOP + USAGE + DONE

it.each<[string, Given, Score]>([
  ['a whole stream', { text: whole }, 'pass'],
  ['a whole answer', { text: answered(WHOLE_TEXT), form: 'json' }, 'pass'],
  ['one call too many', { text: whole, calls: { ok: [0, 20] } }, 'partial'],
  ['a target that should not be called', { text: whole, calls: { other: [0] } }, 'partial'],
  ['a call before its time', { text: whole, calls: { bad: [0, 9] } }, 'partial'],
  ['a call in its time', { text: whole, calls: { bad: [0, 11] } }, 'pass'],
  ['an answer too late', { text: whole, tookMs: 101 }, 'partial'],
  ['a cut that is told', { text: ROLE + HALF + ERROR, isClean: false }, 'safe'],
  ['a status with an error', { text: failed('x'), status: 503, form: 'json' }, 'safe'],
  ['a cut without a word', { text: ROLE + HALF, isClean: false }, 'fail'],
  ['a cut that ends cleanly', { text: ROLE + HALF + ERROR }, 'fail'],
  ['a cut with [DONE]', { text: ROLE + HALF + ERROR + DONE, isClean: false }, 'fail'],
  ['a cut with a finish_reason', { text: ROLE + HALF + STOP + ERROR, isClean: false }, 'fail'],
  ['a cut that looks whole', { text: ROLE + HALF + STOP + DONE }, 'fail'],
  ['a wrong text', { text: ROLE + chunkEvent({ content: 'x' }) + STOP + DONE }, 'fail'],
  [
    'a wrong text with an error',
    { text: chunkEvent({ content: 'x' }) + ERROR, isClean: false },
    'fail',
  ],
  ['no [DONE]', { text: ROLE + WHOLE + STOP }, 'fail'],
  ['no finish_reason', { text: ROLE + WHOLE + DONE }, 'fail'],
  ['a whole text, cut behind it', { text: whole, isClean: false }, 'fail'],
  ['half an answer as JSON', { text: answered(WHOLE_TEXT.slice(0, 90)), form: 'json' }, 'fail'],
  ['a status without an error', { text: '{}', status: 503, form: 'json' }, 'fail'],
])('scores %s', (_what, given, score) => {
  expect(scoreOf(given)).toBe(score)
})

it('scores the right error as a pass, and another one as merely safe', () => {
  const right: Right = { status: 400, code: 'content_filter' }
  const given = { status: 400, form: 'json' as const, right }
  expect(scoreOf({ ...given, text: failed('content_filter') })).toBe('pass')
  expect(scoreOf({ ...given, text: failed('other') })).toBe('safe')
  expect(scoreOf({ ...given, text: failed('content_filter'), status: 503 })).toBe('safe')
  expect(scoreOf({ text: whole, right })).toBe('fail')
})

it('takes the worst case for the scenario', () => {
  const of = (...scores: Score[]) => worst(scores.map((score) => ({ score, why: score }))).score
  expect(of()).toBe('pass')
  expect(of('pass', 'safe', 'partial')).toBe('safe')
  expect(of('fail', 'pass')).toBe('fail')
})

it('meets the expectation only with sixteen passes held back, and no failure live', () => {
  const results = (buffered: Score, live: Score): Results => {
    const of = (score: Score) => [{ number: 1, name: 'x', score, cases: [] }]
    return { buffered: of(buffered), live: of(live) }
  }
  expect(isMet(results('pass', 'safe'))).toBe(true)
  expect(isMet(results('partial', 'pass'))).toBe(false)
  expect(isMet(results('pass', 'fail'))).toBe(false)
})

it('has the sixteen scenarios, and a slow target that its timer must give up in time', () => {
  expect(scenarios.map(({ number }) => number)).toEqual(Array.from({ length: 16 }, (_, n) => n + 1))
  for (const { slowTokenMs, slowTokenMostMs, resilience } of [FULL, FAST]) {
    expect(resilience.first_token_timeout_ms).toBeLessThan(slowTokenMostMs)
    expect(slowTokenMostMs).toBeLessThan(slowTokenMs)
  }
})

it('runs the full profile with the timeouts that are shipped', () => {
  const { resilience } = configSchema.parse(defaultConfig({}))
  expect(FULL.settings).toEqual({})
  expect(resilience).toMatchObject(FULL.resilience)
})
