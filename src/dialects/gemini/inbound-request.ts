// A Gemini generateContent request → the OpenAI chat body that everything inside speaks. A field without a counterpart is
// in `untranslatable`: a provider that does not speak Gemini's dialect then refuses the request by that name.
import type { ChatBody } from '../chat/upstream-request.ts'
import { type JsonObject, presentFields } from '../json.ts'
import { toMessages } from './inbound-contents.ts'
import { fromGenerationConfig, wantsThoughts } from './inbound-generation.ts'
import { fieldsOf, type Note } from './inbound-names.ts'
import { toTools } from './inbound-tools.ts'

export interface TranslatedGemini {
  body: ChatBody
  /** Fields that only a provider of Gemini's kind can take. */
  untranslatable: string[]
  /** Fields that other providers do not need: thresholds of Google's own filters, which none of them runs. */
  dropped: string[]
  /** The caller wants to see thoughts. */
  wantsThoughts: boolean
}

const ELSEWHERE = new Set([
  ...['contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig'],
  // Reported as dropped; book-keeping; a repetition of the path.
  ...['safetySettings', 'labels', 'model'],
])

/** Pure but for its refusals; `request` has passed generateContentRequestSchema. */
export const fromGemini = (
  request: JsonObject,
  { model, isStream }: { model: string; isStream: boolean },
): TranslatedGemini => {
  const untranslatable: string[] = []
  const note: Note = (field) => void untranslatable.push(field)
  const fields = fieldsOf(request)
  const config = fieldsOf(fields.generationConfig)
  for (const name of Object.keys(presentFields(fields))) if (!ELSEWHERE.has(name)) note(name)
  const body: ChatBody = {
    model,
    messages: toMessages(fields, note),
    ...toTools(fields, note),
    ...fromGenerationConfig(config, note),
    ...(isStream && { stream: true, stream_options: { include_usage: true } }),
  }
  const dropped = fields.safetySettings ? ['safetySettings'] : []
  return { body, untranslatable, dropped, wantsThoughts: wantsThoughts(config) }
}
