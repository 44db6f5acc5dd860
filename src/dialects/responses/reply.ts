// Chat answers → Responses. One machine reads chunks and tells the events; a whole answer goes through the same machine as
// one chunk, so that both ways give the same response.

import type { ErrorCode } from '../../errors.ts'
import type { ReplyDialect } from '../chat/reply-dialect.ts'
import { type EventWriter, translateEvents } from '../event-stream.ts'
import { isObject, type JsonObject, objectsOf, parseObject, textOf } from '../json.ts'
import { writeJson } from '../lossless-json.ts'
import {
  type ResponseFrame,
  type ResponseState,
  responseObject,
  toResponseUsage,
} from './object.ts'
import { createResponsesOutput } from './output.ts'

export interface ResponsesDialectOptions extends ResponseFrame {
  newId: () => string
  /** Called with each item of an answer that is whole, or cut short by a limit. */
  onItem: (item: JsonObject) => void
}

const INCOMPLETE: Record<string, string> = {
  length: 'max_output_tokens',
  content_filter: 'content_filter',
}

interface Machine {
  add(chunk: JsonObject): void
  finish(): void
  fail(error: JsonObject): void
  /** Events told since the last call. */
  take(): string
  response(): JsonObject
}

const createMachine = (options: ResponsesDialectOptions): Machine => {
  const { newId, onItem } = options
  const model = textOf(options.request.model)
  const state: ResponseState = {
    status: 'in_progress',
    model,
    output: [],
    usage: null,
    incompleteReason: null,
    error: null,
  }
  let events = ''
  let sequence = 0
  let isStarted = false
  const emit = (type: string, fields: JsonObject): void => {
    const data = writeJson({ type, sequence_number: sequence++, ...fields })
    events += `event: ${type}\ndata: ${data}\n\n`
  }
  const output = createResponsesOutput(emit, newId)
  const response = (): JsonObject => responseObject(options, state)
  const start = (chunk: JsonObject): void => {
    if (isStarted) return
    isStarted = true
    state.model = textOf(chunk.model) || model
    emit('response.created', { response: response() })
    emit('response.in_progress', { response: response() })
  }
  const end = (status: ResponseState['status']): void => {
    state.status = status
    state.output = output.values()
    emit(`response.${status}`, { response: response() })
  }
  return {
    add: (chunk) => {
      start(chunk)
      if (isObject(chunk.usage)) state.usage = toResponseUsage(chunk.usage)
      // Responses know one choice; `n` of a caller who sends it all the same gives the first.
      for (const choice of objectsOf(chunk.choices).filter(({ index = 0 }) => index === 0)) {
        const delta = choice.delta ?? choice.message
        if (isObject(delta)) output.add(delta, choice.logprobs)
        const reason = textOf(choice.finish_reason)
        state.incompleteReason ??= INCOMPLETE[reason] ?? null
      }
    },
    finish: () => {
      start({})
      const status = state.incompleteReason === null ? 'completed' : 'incomplete'
      output.close(status)
      end(status)
      for (const item of state.output) onItem(item)
    },
    fail: (error) => {
      start({})
      const { type = 'server_error', code = null, message = '', param = null } = error
      // Flat as OpenAI documents it, and nested, which is what makes OpenAI's own client throw.
      const flat = { code, message, param }
      emit('error', { ...flat, error: { type, ...flat } })
      state.error = { code: 'server_error', message: textOf(message) }
      end('failed')
    },
    take: () => {
      const told = events
      events = ''
      return told
    },
    response,
  }
}

const createWriter = (machine: Machine): EventWriter => {
  let isOver = false
  const fail = (error: JsonObject): string => {
    isOver = true
    machine.fail(error)
    return machine.take()
  }
  return {
    event: (data) => {
      if (data.trim() === '[DONE]') {
        isOver = true
        machine.finish()
        return machine.take()
      }
      const chunk = parseObject(data)
      if (chunk === null) return '' // the upstream lets none through
      if (chunk.error != null) {
        return fail(isObject(chunk.error) ? chunk.error : { message: String(chunk.error) })
      }
      machine.add(chunk)
      return machine.take()
    },
    cut: (message) => fail({ code: 'upstream_interrupted' satisfies ErrorCode, message }),
    get isOver() {
      return isOver
    },
  }
}

/** The dialect of one answer; ids and times are of `options`. */
export const createResponsesDialect = (options: ResponsesDialectOptions): ReplyDialect => ({
  name: 'responses',
  json: (body) => {
    const machine = createMachine(options)
    machine.add(body)
    machine.finish()
    return machine.response()
  },
  stream: (source) => translateEvents(source, createWriter(createMachine(options))),
})
