// A whole answer of an OpenAI-compatible provider: handed on as it is, if it is one.

import type { Usage } from '../../core/types.ts'
import { invalidAnswer } from '../../dialects/invalid-answer.ts'
import { readUsage } from '../stream/usage.ts'

/** @throws RouterError `upstream_invalid` where the body has no choices. */
export const readChatCompletion = (
  provider: string,
  body: Record<string, unknown>,
): { body: Record<string, unknown>; usage: Usage | null } => {
  if (!Array.isArray(body.choices)) throw invalidAnswer(provider, 'answered without choices')
  return { body, usage: readUsage(body.usage) }
}
