// Counts the tokens of a prompt: by the provider where the named model's provider supports it, else by an estimate, which is also the
// fallback for an unavailable provider.

import type { Logger } from '../../core/logger.ts'
import type { ChatBody, NativeBody, UpstreamTarget } from '../../dialects/chat/upstream-request.ts'
import { isObject } from '../../dialects/json.ts'
import { writeJson } from '../../dialects/lossless-json.ts'
import { toRouterError } from '../../errors.ts'
import type { EndSignal } from '../../jobs/end-signal.ts'
import { countTokens, createTextSample, type TextSample } from '../stream/usage.ts'
import type { Upstream } from '../upstream.ts'

export interface CountRequest {
  /** Configured model id; null where routing would have to choose one. */
  model: string | null
  body: ChatBody
  native?: NativeBody
  requestId: string
  signal: EndSignal
}

export interface TokenCount {
  tokens: number
  isEstimated: boolean
}

export type CountTokens = (request: CountRequest) => Promise<TokenCount>

export interface CountTokensOptions {
  /** By provider name. */
  upstreams: Record<string, Upstream>
  /** By configured model id. */
  targets: Record<string, UpstreamTarget>
  logger: Logger
}

/** @throws RouterError (from the returned function) of the provider about the request; `client_closed` */
export const createCountTokens = ({
  upstreams,
  targets,
  logger,
}: CountTokensOptions): CountTokens => {
  const exact = async (request: CountRequest): Promise<number | null> => {
    const { model, ...rest } = request
    const target = model === null ? undefined : targets[model]
    const upstream = target && upstreams[target.provider]
    if (!target || !upstream?.countTokens) return null
    try {
      return await upstream.countTokens({ ...rest, target, route: '' })
    } catch (thrown) {
      const error = toRouterError(thrown)
      if (!error.isRetryable) throw error
      const { requestId } = request
      logger.warn(
        { requestId, provider: target.provider, errorCode: error.code },
        'tokens are estimated',
      )
      return null
    }
  }
  return async (request) => {
    const tokens = await exact(request)
    if (tokens !== null) return { tokens, isEstimated: false }
    return { tokens: await estimateInput(request.body), isEstimated: true }
  }
}

/** Tokens that OpenAI's format adds to each message. */
const TOKENS_PER_MESSAGE = 4
/** An image of 1,000 × 1,000 pixels at Anthropic; actual sizes are not read. */
const TOKENS_PER_IMAGE = 1_300

/** Text of messages, tool calls and tool definitions by OpenAI's o200k tokenizer, images by a fixed rate. */
export const estimateInput = async (body: ChatBody): Promise<number> => {
  const sample = createTextSample()
  let images = 0
  for (const message of body.messages.filter(isObject)) {
    images += addContent(sample, message.content)
    if (message.tool_calls) sample.add(writeJson(message.tool_calls))
  }
  if (body.tools) sample.add(writeJson(body.tools))
  const text = await countTokens(sample)
  return text + body.messages.length * TOKENS_PER_MESSAGE + images * TOKENS_PER_IMAGE
}

/** Adds the text and returns the number of images. */
const addContent = (sample: TextSample, content: unknown): number => {
  if (typeof content === 'string') sample.add(content)
  let images = 0
  for (const part of Array.isArray(content) ? content.filter(isObject) : []) {
    if (typeof part.text === 'string') sample.add(part.text)
    if (part.type === 'image_url') images += 1
  }
  return images
}
