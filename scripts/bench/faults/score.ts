// How a case is scored, from what its client got and what the provider's log says. Four marks, best first:
//
// pass     the client has a whole correct answer (exact text, finish_reason, [DONE] on a stream, a clean end), or the
//          provider's own error where that is right (a prompt that its filter refused), within the calls and the time
//          that the case allows
// partial  the same, but by more calls, in more time, or sooner than the provider asked for
// safe     a clear error: a status of 4xx or 5xx with an error body; or, once a stream has begun, an error event, no
//          [DONE], no finish_reason, an end that is not clean, and a text that is the beginning of the right one
// fail     anything else: a cut answer that looks whole, a wrong text, an error without an error body, no answer at all
//
// A scenario is as good as its worst case. A healthy request beside each case must pass, else the case fails.

import { WHOLE_TEXT } from '../../rig/faulty-provider.ts'
import type { Reading, Received } from './client.ts'

export const SCORES = ['pass', 'partial', 'safe', 'fail'] as const
export type Score = (typeof SCORES)[number]

/** What is right for a case: the whole answer, or an error. */
export type Right = 'answer' | { status: number; code: string }

export interface Verdict {
  score: Score
  /** What kept it from passing; empty for a pass. */
  why: string
}

export interface Allowed {
  /** Most calls of each target, by fault name; calls of a target that is not named are too many. */
  calls: Record<string, number>
  mostMs: number
  /** Least milliseconds between the first two calls of a target, where the provider asked for a wait. */
  leastGapMs?: number
}

export interface Observed {
  received: Received
  reading: Reading
  /** Milliseconds on one clock, by fault name. */
  calls: Record<string, number[]>
}

export const PASS: Verdict = { score: 'pass', why: '' }

export const worst = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.reduce((a, b) => (SCORES.indexOf(b.score) > SCORES.indexOf(a.score) ? b : a), PASS)

/** The whole answer as it must arrive, or what is wrong with it. */
export const wholeAnswerProblem = ({ received, reading }: Observed): string | null => {
  if (received.status !== 200) return `status ${received.status} ${reading.errorCode ?? ''}`.trim()
  if (reading.errorCode !== null) return `error ${reading.errorCode}`
  if (reading.text !== WHOLE_TEXT)
    return `${reading.text.length} of ${WHOLE_TEXT.length} characters`
  if (reading.finishReason !== 'stop') return `finish_reason ${reading.finishReason}`
  if (!reading.isClosed) return 'no [DONE]'
  return received.isClean ? null : 'the body did not end cleanly'
}

const isClearError = ({ received, reading }: Observed): boolean => {
  if (reading.errorCode === null) return false
  if (received.status >= 400) return received.isClean
  const looksWhole = reading.isClosed || reading.finishReason !== null || received.isClean
  return !looksWhole && WHOLE_TEXT.startsWith(reading.text)
}

const isRightError = ({ received, reading }: Observed, right: Exclude<Right, 'answer'>): boolean =>
  received.status === right.status && reading.errorCode === right.code

/** Null where no more was called, and no sooner, than is allowed. */
const excess = ({ received, calls }: Observed, allowed: Allowed): string | null => {
  for (const [fault, times] of Object.entries(calls)) {
    const most = allowed.calls[fault] ?? 0
    if (times.length > most) return `${times.length} calls of ${fault}, ${most} allowed`
    const [first = 0, second = Number.POSITIVE_INFINITY] = times
    const least = allowed.leastGapMs ?? 0
    if (second - first < least) return `called again after ${Math.round(second - first)} ms`
  }
  const { tookMs } = received
  if (tookMs > allowed.mostMs) return `${Math.round(tookMs)} ms, ${allowed.mostMs} allowed`
  return null
}

export const scoreCase = (observed: Observed, right: Right, allowed: Allowed): Verdict => {
  const problem =
    right === 'answer'
      ? wholeAnswerProblem(observed)
      : isRightError(observed, right)
        ? null
        : `status ${observed.received.status} ${observed.reading.errorCode}`
  if (problem !== null) {
    return { score: isClearError(observed) ? 'safe' : 'fail', why: problem }
  }
  const tooMuch = excess(observed, allowed)
  return tooMuch === null ? PASS : { score: 'partial', why: tooMuch }
}

/** A case whose answer could not even be read. */
export const unreadable = (error: unknown): Verdict => ({
  score: 'fail',
  why: `no readable answer: ${error instanceof Error ? error.message : String(error)}`,
})
