// The legacy completions dialect: a prompt becomes one user message, the answer's text comes back as a completion.
// What only a base model could do (fill in, echo, score) is refused by name.

import { z } from 'zod'
import type { ErrorCode } from '../../errors.ts'
import type { ReplyDialect } from '../chat/reply-dialect.ts'
import type { ChatBody } from '../chat/upstream-request.ts'
import { type EventWriter, translateEvents } from '../event-stream.ts'
import {
  isObject,
  type JsonObject,
  objectsOf,
  parseObject,
  presentFields,
  refuse,
  textOf,
} from '../json.ts'
import { writeJson } from '../lossless-json.ts'

export const completionsRequestSchema = z
  .object({
    model: z
      .string({ error: 'expected a string: "auto", "route:NAME" or a configured model id' })
      .min(1)
      .max(256),
    prompt: z
      .unknown()
      .meta({
        anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, maxItems: 1 }],
      })
      .describe('One text, or an array of one.'),
    stream: z.boolean().nullish(),
    stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
    metadata: z.object({ session_id: z.string().min(1).max(256).optional() }).nullish(),
  })
  .describe('A legacy completions body; further fields go to the provider.')

export const completionsResponseSchema = z.looseObject({
  id: z.string(),
  object: z.literal('text_completion'),
  created: z.int().optional(),
  model: z.string().optional(),
  choices: z.array(
    z.looseObject({
      text: z.string(),
      index: z.int(),
      logprobs: z.null(),
      finish_reason: z.string().nullable(),
    }),
  ),
})

const promptOf = (prompt: unknown): string => {
  if (typeof prompt === 'string') return prompt
  if (!Array.isArray(prompt)) return refuse('prompt', 'expected a string or an array of one string')
  const [only] = prompt as unknown[]
  if (prompt.some((part) => typeof part !== 'string')) {
    return refuse('prompt', 'tokens are not supported; send the text')
  }
  if (prompt.length !== 1) {
    return refuse('prompt', 'expected one prompt; send a request for each of several')
  }
  return only as string
}

const checkRefused = ({ suffix, echo, best_of: bestOf, logprobs, n }: JsonObject): void => {
  if (suffix != null && suffix !== '') refuse('suffix', 'is not supported by chat models')
  if (echo != null && echo !== false) refuse('echo', 'is not supported by chat models')
  if (bestOf != null && bestOf !== (n ?? 1)) refuse('best_of', 'is not supported beyond n')
  if (logprobs != null) refuse('logprobs', 'is not supported; use /v1/chat/completions')
}

/** @throws RouterError `invalid_request` naming what chat models cannot do */
export const completionToChat = (body: JsonObject): ChatBody => {
  checkRefused(body)
  const { prompt, model, suffix: _s, echo: _e, best_of: _b, logprobs: _l, ...rest } = body
  const messages = [{ role: 'user', content: promptOf(prompt) }]
  return { ...presentFields(rest), model: textOf(model), messages }
}

const choiceOf = (choice: JsonObject): JsonObject => {
  const message = isObject(choice.message) ? choice.message : choice.delta
  const { content, refusal } = isObject(message) ? message : ({} as JsonObject)
  return {
    text: textOf(content) + textOf(refusal),
    index: typeof choice.index === 'number' ? choice.index : 0,
    logprobs: null,
    finish_reason: textOf(choice.finish_reason) || null,
  }
}

/** A chat completion, or a chunk of one, as a text completion; its other fields stay. */
const toTextCompletion = (body: JsonObject): JsonObject => ({
  ...body,
  id: textOf(body.id).replace(/^chatcmpl-/, 'cmpl-'),
  object: 'text_completion',
  choices: objectsOf(body.choices).map(choiceOf),
})

const isEmpty = (chunk: JsonObject): boolean =>
  !isObject(chunk.usage) &&
  (chunk.choices as JsonObject[]).every(({ text, finish_reason: reason }) => text === '' && !reason)

const DONE = '[DONE]'

const createWriter = (): EventWriter => {
  let isOver = false
  const last = (data: string): string => {
    isOver = true
    return encodeData(data)
  }
  return {
    event: (data) => {
      if (data.trim() === DONE) return last(DONE)
      const chunk = parseObject(data)
      if (chunk === null) return '' // cannot happen: the upstream drops what is not JSON
      if (chunk.error != null) return last(data)
      const completion = toTextCompletion(chunk)
      return isEmpty(completion) ? '' : encodeData(writeJson(completion))
    },
    cut: (message) => {
      const code: ErrorCode = 'upstream_interrupted'
      return last(writeJson({ error: { message, type: 'server_error', param: null, code } }))
    },
    get isOver() {
      return isOver
    },
  }
}

const encodeData = (data: string): string => `data: ${data}\n\n`

export const completionsDialect: ReplyDialect = {
  name: 'completions',
  json: toTextCompletion,
  stream: (source) => translateEvents(source, createWriter()),
}
