// The provider's side of a relayed stream: reads its body on demand and reports how it ended. Every end (of the body, a broken
// connection, a timer, a disconnected client, a drain) goes through `finish`, and the first counts.

import type { ByteReader } from '../../dialects/byte-reader.ts'
import { invalidAnswer } from '../../dialects/invalid-answer.ts'
import type { RouterError } from '../../errors.ts'
import {
  eventError,
  interrupted,
  type ProviderIdentity,
  payloadError,
} from '../failure/provider-error.ts'
import { clientClosed, type LiveCall } from '../timing/live-call.ts'
import type { AnswerStream } from './answer-stream.ts'
import { createEndReport, type EndContext, type EndReport } from './stream-end.ts'

const EVENT_BYTES = 16 * 1024 * 1024
const LINGER_MS = 1_000

export interface StreamSourceOptions extends EndContext {
  body: ByteReader
  call: LiveCall
  answer: AnswerStream
  identity: ProviderIdentity
}

export interface StreamSource extends Pick<EndReport, 'end' | 'ending'> {
  /** The client gets the stream from here on, and its end is reported. */
  commit(): void
  /** Reads once from the provider; a promise only where the bytes have not come yet. Never fails: failures are in `failure`. */
  read(): void | Promise<void>
  /** The client has cancelled. */
  leave(): void
  /** The last byte was sent to the client. */
  settle(): void
  readonly isOver: boolean
  readonly failure: RouterError | null
}

interface State {
  options: StreamSourceOptions
  report: EndReport
  isCommitted: boolean
  isOver: boolean
  failure: RouterError | null
}

const settle = ({ options, report, isCommitted, failure }: State): void => {
  if (report.isSent || !isCommitted) return
  options.call.release()
  report.send(failure)
}

/** Ends the stream; the first call counts. */
const finish = (state: State, error: RouterError | null): void => {
  const { call, answer } = state.options
  // A complete answer that waits for the client can only fail by the client's disconnecting.
  const isFinal = state.failure !== null || error?.code !== 'client_closed'
  if (state.report.isSent || (state.isOver && isFinal)) return
  state.failure = error !== null && isWholeAnyway(answer, error) ? null : error
  state.isOver = true
  call.stopTimer('total')
  if (state.failure === null) return void linger(state.options.body)
  call.end(state.failure)
  settle(state)
}

/** @param piece null at the provider's end */
const take = (state: State, piece: Uint8Array | null): void => {
  if (state.isOver) return
  const { answer } = state.options
  if (piece === null) answer.end()
  else answer.push(piece)
  const problem = problemOf(state, piece === null)
  if (problem !== null || answer.progress.isComplete) finish(state, problem)
}

const breakOff = (state: State, cause: unknown): void => {
  const { call, identity } = state.options
  if (!state.isOver) finish(state, call.failure ?? interrupted(identity.provider, cause))
}

/** Only what has not come yet is waited for, and timed. */
const takeLater = async (state: State, coming: Promise<Uint8Array | null>): Promise<void> => {
  const { call } = state.options
  call.startTimer('idle')
  const result = await coming.catch((cause: unknown) => ({ cause }))
  call.stopTimer('idle')
  if (result !== null && 'cause' in result) breakOff(state, result.cause)
  else take(state, result)
}

const read = (state: State): void | Promise<void> => {
  let piece: ReturnType<ByteReader['next']>
  try {
    piece = state.options.body.next()
  } catch (cause) {
    return breakOff(state, cause)
  }
  return piece instanceof Promise ? takeLater(state, piece) : take(state, piece)
}

/** Starts reading a provider's body; `call` ends it, and is ended with it. */
export const createStreamSource = (options: StreamSourceOptions): StreamSource => {
  const { call } = options
  const report = createEndReport(options)
  const state: State = {
    options,
    report,
    isCommitted: false,
    isOver: false,
    failure: null,
  }
  const onAbort = (): void => finish(state, call.failure)
  call.signal.addEventListener('abort', onAbort, { once: true })
  if (call.signal.aborted) onAbort()
  return {
    commit: () => {
      state.isCommitted = true
      if (state.failure !== null) settle(state)
    },
    read: () => read(state),
    leave: () => finish(state, clientClosed()),
    settle: () => settle(state),
    get isOver() {
      return state.isOver
    },
    get failure() {
      return state.failure
    },
    end: report.end,
    ending: report.ending,
  }
}

/** The problem of the stream after a read, or null. */
const problemOf = ({ options, isCommitted }: State, isEof: boolean): RouterError | null => {
  const { answer, identity } = options
  const { provider } = identity
  const { errorPayload, hasContent, isComplete, events } = answer.progress
  if (errorPayload !== null) {
    const toError = hasContent ? eventError : payloadError
    return toError(identity, errorPayload)
  }
  if (isComplete) {
    const isAnswer = hasContent || isCommitted
    return isAnswer ? null : invalidAnswer(provider, 'ended the stream without content')
  }
  if (answer.unfinishedBytes > EVENT_BYTES) {
    return invalidAnswer(provider, `sent an event of more than ${EVENT_BYTES} bytes`)
  }
  if (!isEof) return null
  return events === 0
    ? invalidAnswer(provider, 'answered a stream request without a single event')
    : interrupted(provider)
}

// With every finish_reason received the answer is complete, even if the provider breaks off or stalls instead of sending [DONE].
const isWholeAnyway = (answer: AnswerStream, error: RouterError): boolean => {
  if (error.code !== 'upstream_interrupted' && error.code !== 'upstream_timeout') return false
  if (answer.progress.isFinished) answer.end()
  return answer.progress.isComplete
}

// Waits for the end of the response after [DONE], so that the socket can be reused; errors are ignored.
const linger = async (reader: ByteReader): Promise<void> => {
  const timer = setTimeout(() => reader.cancel(), LINGER_MS)
  timer.unref()
  try {
    while ((await reader.next()) !== null);
  } catch {
    // cut after the answer was complete
  } finally {
    clearTimeout(timer)
  }
}
