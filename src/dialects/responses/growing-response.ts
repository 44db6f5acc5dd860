// One response that grows with each chat chunk, and the events written about it. A whole answer is one chunk, so that
// stream and body result in the same response.

import { isObject, type JsonObject, objectsOf, textOf } from '../json.ts'
import { createEventLog, type Emit } from './event-log.ts'
import {
  type ResponseFrame,
  type ResponseState,
  responseObject,
  toResponseUsage,
} from './object.ts'
import { createResponsesOutput, type ResponsesOutput } from './output.ts'
import type { ToolNames } from './tool-names.ts'

export interface ResponsesDialectOptions extends ResponseFrame {
  newId: () => string
  /** Epoch milliseconds. */
  now: () => number
  /** The caller's tools by their names in chat. */
  names: ToolNames
  /** Called with an answer that is whole, or cut short by a limit. */
  onResponse: (response: JsonObject) => void
}

export interface GrowingResponse {
  add(chunk: JsonObject): void
  finish(): void
  fail(error: JsonObject): void
  /** Events since the last call. */
  takeEvents(): string
  /** The response as it stands. */
  value(): JsonObject
}

interface Growth {
  frame: ResponseFrame
  state: ResponseState
  isStarted: boolean
  output: ResponsesOutput
  emit: Emit
}

const INCOMPLETE: Record<string, string> = {
  length: 'max_output_tokens',
  content_filter: 'content_filter',
}

const start = (growth: Growth, chunk: JsonObject): void => {
  if (growth.isStarted) return
  growth.isStarted = true
  const { frame, state, emit } = growth
  state.model = textOf(chunk.model) || state.model
  emit('response.created', { response: responseObject(frame, state) })
  emit('response.in_progress', { response: responseObject(frame, state) })
}

const add = (growth: Growth, chunk: JsonObject): void => {
  const { state, output } = growth
  start(growth, chunk)
  if (isObject(chunk.usage)) state.usage = toResponseUsage(chunk.usage)
  state.serviceTier = textOf(chunk.service_tier) || state.serviceTier
  // The Responses API has one choice: where the caller asked for `n`, the first one is used.
  for (const choice of objectsOf(chunk.choices).filter(({ index = 0 }) => index === 0)) {
    const delta = choice.delta ?? choice.message
    if (isObject(delta)) output.add(delta, choice.logprobs)
    state.incompleteReason ??= INCOMPLETE[textOf(choice.finish_reason)] ?? null
  }
}

const end = ({ frame, state, output, emit }: Growth, status: ResponseState['status']): void => {
  state.status = status
  state.output = output.values()
  emit(`response.${status}`, { response: responseObject(frame, state) })
}

const finish = (growth: Growth, nowMs: number): void => {
  start(growth, {})
  const { state, output } = growth
  const status = state.incompleteReason === null ? 'completed' : 'incomplete'
  output.close(status)
  if (status === 'completed') state.completedAt = Math.floor(nowMs / 1_000)
  end(growth, status)
}

const fail = (growth: Growth, error: JsonObject): void => {
  start(growth, {})
  const { type = 'server_error', code = null, message = '', param = null } = error
  // Flat as OpenAI documents it, and nested, which is what makes OpenAI's own client throw.
  const flat = { code, message, param }
  growth.emit('error', { ...flat, error: { type, ...flat } })
  growth.state.error = { code: 'server_error', message: textOf(message) }
  end(growth, 'failed')
}

const wantsSealed = ({ include }: JsonObject): boolean =>
  Array.isArray(include) && include.includes('reasoning.encrypted_content')

export const createGrowingResponse = (options: ResponsesDialectOptions): GrowingResponse => {
  const { emit, take } = createEventLog()
  const state: ResponseState = {
    status: 'in_progress',
    model: textOf(options.request.model),
    output: [],
    usage: null,
    completedAt: null,
    serviceTier: null,
    incompleteReason: null,
    error: null,
  }
  const { names, newId } = options
  const isSealed = wantsSealed(options.request)
  const output = createResponsesOutput({ emit, newId, names, isSealed })
  const growth: Growth = { frame: options, state, isStarted: false, output, emit }
  return {
    add: (chunk) => add(growth, chunk),
    finish: () => {
      finish(growth, options.now())
      options.onResponse(responseObject(options, state))
    },
    fail: (error) => fail(growth, error),
    takeEvents: take,
    value: () => responseObject(options, state),
  }
}
