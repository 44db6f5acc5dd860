// The provider's side of a relayed stream: reads its body on demand and tells how it ended. Every way to end (the body's
// own end, a cut, a timer, the client's leaving, a drain) goes through one `finish`, of which the first wins.
import { invalidAnswer } from '../../dialects/invalid-answer.ts'
import type { RouterError } from '../../errors.ts'
import {
  eventError,
  interrupted,
  type ProviderIdentity,
  payloadError,
} from '../failure/provider-error.ts'
import { clientClosed, type LiveCall } from '../timing/live-call.ts'
import type { StreamEnd, StreamEnding } from '../upstream.ts'
import type { ChatStream } from './chat-stream.ts'
import { describeEnding, type EndContext, withUsage } from './stream-end.ts'

const EVENT_BYTES = 16 * 1024 * 1024
const LINGER_MS = 1_000

export interface StreamSourceOptions extends EndContext {
  body: ReadableStream<Uint8Array>
  call: LiveCall
  chat: ChatStream
  identity: ProviderIdentity
}

export interface StreamSource {
  /** From here on the client has the stream, and how it ends is of interest. */
  commit(): void
  /** Reads the provider once; never rejects, failures become `failure`. */
  read(): Promise<void>
  /** The client has cancelled. */
  leave(): void
  /** The last byte has gone to the client. */
  settle(): void
  readonly isOver: boolean
  readonly failure: RouterError | null
  readonly end: Promise<StreamEnd>
  /** Known at once, where `end` may wait until tokens are counted. */
  readonly ending: Promise<StreamEnding>
}

/** Starts reading a provider's body; `call` ends it, and is ended with it. */
export const createStreamSource = (options: StreamSourceOptions): StreamSource => {
  const { body, call, chat } = options
  const reader = body.getReader()
  const { promise: end, resolve: resolveEnd } = deferred<StreamEnd>()
  const { promise: ending, resolve: resolveEnding } = deferred<StreamEnding>()
  let isCommitted = false
  let isOver = false
  let isSettled = false
  let failure: RouterError | null = null

  const settle = (): void => {
    if (isSettled || !isCommitted) return
    isSettled = true
    call.release()
    const how = describeEnding(options, failure)
    resolveEnding(how)
    resolveEnd(withUsage(options, how))
  }
  const finish = (error: RouterError | null): void => {
    // A whole answer still waiting for the client can only fail by the client's leaving.
    if (isSettled || (isOver && (failure !== null || error?.code !== 'client_closed'))) return
    failure = error !== null && isWholeAnyway(chat, error) ? null : error
    isOver = true
    call.stopTimer('total')
    if (failure === null) return void linger(reader)
    call.end(failure)
    settle()
  }
  const read = async (): Promise<void> => {
    call.startTimer('idle')
    const result = await reader.read().catch((cause: unknown) => ({ cause }))
    call.stopTimer('idle')
    if (isOver) return
    if ('cause' in result)
      return finish(call.failure ?? interrupted(options.identity.provider, result.cause))
    if (result.done) chat.end()
    else chat.push(result.value)
    const problem = problemOf(options, { isEof: result.done, isCommitted })
    if (problem !== null || chat.isComplete) finish(problem)
  }
  const commit = (): void => {
    isCommitted = true
    if (failure !== null) settle()
  }

  const onAbort = (): void => finish(call.failure)
  call.signal.addEventListener('abort', onAbort, { once: true })
  if (call.signal.aborted) onAbort()
  return {
    commit,
    read,
    leave: () => finish(clientClosed()),
    settle,
    get isOver() {
      return isOver
    },
    get failure() {
      return failure
    },
    end,
    ending,
  }
}

/** What the state of the stream says after a read, or null where nothing is wrong. */
const problemOf = (
  { chat, identity }: StreamSourceOptions,
  { isEof, isCommitted }: { isEof: boolean; isCommitted: boolean },
): RouterError | null => {
  const { provider } = identity
  if (chat.errorPayload !== null) {
    const born = chat.hasContent ? eventError : payloadError
    return born(identity, chat.errorPayload)
  }
  if (chat.isComplete) {
    const isAnswer = chat.hasContent || isCommitted
    return isAnswer ? null : invalidAnswer(provider, 'ended the stream without content')
  }
  if (chat.unfinishedBytes > EVENT_BYTES) {
    return invalidAnswer(provider, `sent an event of more than ${EVENT_BYTES} bytes`)
  }
  if (!isEof) return null
  return chat.events === 0
    ? invalidAnswer(provider, 'answered a stream request without a single event')
    : interrupted(provider)
}

// With every finish_reason received, a provider that cuts or stalls instead of saying [DONE] has taken nothing away.
const isWholeAnyway = (chat: ChatStream, error: RouterError): boolean => {
  if (error.code !== 'upstream_interrupted' && error.code !== 'upstream_timeout') return false
  if (chat.isFinished) chat.end()
  return chat.isComplete
}

// Lets the provider end its response after [DONE], so that the socket can serve again; how that ends is of no interest.
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

const deferred = <T>(): { promise: Promise<T>; resolve: (value: T | Promise<T>) => void } => {
  let resolve: (value: T | Promise<T>) => void = () => undefined
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
