// The provider's side of a relayed stream: reads its body on demand and reports how it ended. Every end (of the body, a broken
// connection, a timer, a disconnected client, a drain) goes through `finish`, and the first counts.

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
  body: ReadableStream<Uint8Array>
  call: LiveCall
  answer: AnswerStream
  identity: ProviderIdentity
}

export interface StreamSource extends Pick<EndReport, 'end' | 'ending'> {
  /** The client gets the stream from here on, and its end is reported. */
  commit(): void
  /** Reads once from the provider; never rejects: failures are in `failure`. */
  read(): Promise<void>
  /** The client has cancelled. */
  leave(): void
  /** The last byte was sent to the client. */
  settle(): void
  readonly isOver: boolean
  readonly failure: RouterError | null
}

interface State {
  options: StreamSourceOptions
  reader: ReadableStreamDefaultReader<Uint8Array>
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
  if (state.failure === null) return void linger(state.reader)
  call.end(state.failure)
  settle(state)
}

const read = async (state: State): Promise<void> => {
  const { call, answer, identity } = state.options
  call.startTimer('idle')
  const result = await state.reader.read().catch((cause: unknown) => ({ cause }))
  call.stopTimer('idle')
  if (state.isOver) return
  if ('cause' in result) {
    return finish(state, call.failure ?? interrupted(identity.provider, result.cause))
  }
  if (result.done) answer.end()
  else answer.push(result.value)
  const problem = problemOf(state, result.done)
  if (problem !== null || answer.progress.isComplete) finish(state, problem)
}

/** Starts reading a provider's body; `call` ends it, and is ended with it. */
export const createStreamSource = (options: StreamSourceOptions): StreamSource => {
  const { body, call } = options
  const report = createEndReport(options)
  const state: State = {
    options,
    reader: body.getReader(),
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
const linger = async (reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> => {
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), LINGER_MS)
  timer.unref()
  try {
    while (!(await reader.read()).done);
  } catch {
    // cut after the answer was complete
  } finally {
    clearTimeout(timer)
  }
}
