// The list of all endpoints, in the order of GET / and of the OpenAPI document. Every endpoint in it is served, access-checked and
// documented.
import type { Endpoint } from '../request/endpoint.ts'
import { arms } from './admin/arms.ts'
import { config } from './admin/config.ts'
import { exemplars } from './admin/exemplars.ts'
import { feedback } from './admin/feedback.ts'
import { forget } from './admin/forget.ts'
import { generations } from './admin/generations.ts'
import { keys } from './admin/keys.ts'
import { outcomes } from './admin/outcomes.ts'
import { rebuild } from './admin/rebuild.ts'
import { replay } from './admin/replay.ts'
import { review } from './admin/review.ts'
import { createChatCompletion } from './chat-completions.ts'
import { createCompletion } from './completions.ts'
import { getDecision, listDecisions } from './decisions.ts'
import { createEmbedding } from './embeddings.ts'
import { explainDecision } from './explain-decision.ts'
import { postFeedback } from './feedback.ts'
import { countGeminiTokens, generateContent, streamGenerateContent } from './generate-content.ts'
import { countMessageTokens, createMessage } from './messages.ts'
import { getModel, listModels } from './models.ts'
import { operations } from './operations.ts'
import { passThrough } from './pass-through.ts'
import { countResponseTokens, createResponse } from './responses.ts'
import { route } from './route.ts'
import { storedResponses } from './stored-responses.ts'

export const ENDPOINTS: readonly Endpoint[] = [
  createChatCompletion,
  createMessage,
  countMessageTokens,
  createResponse,
  countResponseTokens,
  ...storedResponses,
  generateContent,
  streamGenerateContent,
  countGeminiTokens,
  createCompletion,
  createEmbedding,
  ...passThrough,
  route,
  postFeedback,
  listDecisions,
  getDecision,
  explainDecision,
  listModels,
  getModel,
  ...keys,
  ...config,
  ...arms,
  ...generations,
  ...rebuild,
  replay,
  ...review,
  ...feedback,
  forget,
  ...outcomes,
  ...exemplars,
  ...operations(() => ENDPOINTS),
]
