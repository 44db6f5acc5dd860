// The content of an OpenAI message or delta as Gemini's parts.
import { RouterError } from '../../errors.ts'
import { thoughtsOf } from '../chat/thoughts.ts'
import { isObject, type JsonObject, objectsOf, parseObject, textOf } from '../json.ts'

const DATA_URL_HEAD_CHARS = 200
const DATA_URL = /^data:([\w.+-]{1,60}\/[\w.+-]{1,60});base64,/

const signatureOf = (call: JsonObject): JsonObject => {
  const google = isObject(call.extra_content) ? call.extra_content.google : null
  const signature = isObject(google) ? google.thought_signature : null
  return typeof signature === 'string' ? { thoughtSignature: signature } : {}
}

/**
 * @param isCutShort the answer ended at its limit, perhaps within the arguments
 * @throws RouterError `upstream_invalid` where the arguments are no JSON object
 */
export const toCallPart = (call: JsonObject, isCutShort: boolean): JsonObject => {
  const fn = isObject(call.function) ? call.function : {}
  const written = textOf(fn.arguments).trim()
  const args = written === '' ? {} : parseObject(written)
  if (args === null && !isCutShort) {
    const problem = 'The provider called a tool with arguments that are no JSON object.'
    throw new RouterError('upstream_invalid', problem, { details: { status: 200 } })
  }
  return { functionCall: { id: call.id, name: fn.name, args: args ?? {} }, ...signatureOf(call) }
}

const imageParts = (images: unknown): JsonObject[] =>
  objectsOf(images).flatMap(({ image_url: image }) => {
    const url = isObject(image) ? textOf(image.url) : ''
    const [head, mimeType] = DATA_URL.exec(url.slice(0, DATA_URL_HEAD_CHARS)) ?? []
    return head ? [{ inlineData: { mimeType, data: url.slice(head.length) } }] : []
  })

/** Thoughts, text, refusal and pictures, in this order. */
export const toAnswerParts = (message: JsonObject, wantsThoughts: boolean): JsonObject[] => {
  const thoughts = wantsThoughts ? thoughtsOf(message) : ''
  const texts = [message.content, message.refusal].map(textOf).filter((text) => text !== '')
  return [
    ...(thoughts === '' ? [] : [{ text: thoughts, thought: true }]),
    ...texts.map((text) => ({ text })),
    ...imageParts(message.images),
  ]
}
