// Every endpoint once, with its schemas. A test holds this list and the app's routes equal.
import type { z } from 'zod'
import { countTokensRequestSchema, messagesRequestSchema } from './dialects/anthropic-schema.ts'
import { completionsRequestSchema, completionsResponseSchema } from './dialects/completions.ts'
import { embeddingsRequestSchema, embeddingsResponseSchema } from './dialects/embeddings.ts'
import { responseSchema, responsesRequestSchema } from './dialects/responses-schema.ts'
import {
  createdKeySchema,
  createKeyRequestSchema,
  keyListSchema,
  revokedKeySchema,
} from './key-schemas.ts'
import {
  completionSchema,
  decisionListSchema,
  explainedDecisionSchema,
  feedbackSchema,
  healthSchema,
  messageSchema,
  modelListSchema,
  modelSchema,
  readinessSchema,
  receiptSchema,
  rootSchema,
  tokenCountSchema,
} from './response-schemas.ts'
import {
  chatRequestSchema,
  decisionQuerySchema,
  decisionsQuerySchema,
  feedbackRequestSchema,
  routeRequestSchema,
} from './schemas.ts'

export interface Endpoint {
  id: string
  method: 'get' | 'post' | 'delete'
  /** With `{name}` for parameters. */
  path: string
  summary: string
  request?: z.ZodType
  query?: z.ZodType
  response?: z.ZodType
  /** Of success; 200 where absent. */
  status?: number
  /** Answers with x-router-* headers. */
  isRouted?: boolean
  /** Answers with server-sent events where the request asks for a stream. */
  isStreamable?: boolean
  /** Headers of its own, with what they say. */
  headers?: Record<string, string>
  /** Where the answer is not JSON. */
  contentType?: string
}

export const ENDPOINTS: Endpoint[] = [
  {
    id: 'createChatCompletion',
    method: 'post',
    path: '/v1/chat/completions',
    summary: 'Route a conversation and answer with the chosen model.',
    request: chatRequestSchema,
    response: completionSchema,
    isRouted: true,
    isStreamable: true,
  },
  {
    id: 'createMessage',
    method: 'post',
    path: '/v1/messages',
    summary: "The same in Anthropic's dialect, whatever kind of provider serves it.",
    request: messagesRequestSchema,
    response: messageSchema,
    isRouted: true,
    isStreamable: true,
  },
  {
    id: 'countMessageTokens',
    method: 'post',
    path: '/v1/messages/count_tokens',
    summary:
      "Tokens of a prompt: the provider's count for a model of Anthropic's kind, else our estimate.",
    request: countTokensRequestSchema,
    response: tokenCountSchema,
    headers: { 'x-router-token-count': '`exact` as the provider counts, else `estimated`.' },
  },
  {
    id: 'createResponse',
    method: 'post',
    path: '/v1/responses',
    summary: "The same in the dialect of OpenAI's Responses API, without state there.",
    request: responsesRequestSchema,
    response: responseSchema,
    isRouted: true,
    isStreamable: true,
  },
  {
    id: 'createCompletion',
    method: 'post',
    path: '/v1/completions',
    summary: 'The same in the legacy dialect: one prompt, one text.',
    request: completionsRequestSchema,
    response: completionsResponseSchema,
    isRouted: true,
    isStreamable: true,
  },
  {
    id: 'createEmbedding',
    method: 'post',
    path: '/v1/embeddings',
    summary: 'Vectors of texts, by the local encoder or by a configured model.',
    request: embeddingsRequestSchema,
    response: embeddingsResponseSchema,
  },
  {
    id: 'route',
    method: 'post',
    path: '/v1/route',
    summary: 'The whole decision for a prompt, without an upstream call.',
    request: routeRequestSchema,
    response: explainedDecisionSchema,
    isRouted: true,
  },
  {
    id: 'giveFeedback',
    method: 'post',
    path: '/v1/feedback',
    summary: 'Say whether a decision was right, and which route would have been.',
    request: feedbackRequestSchema,
    response: feedbackSchema,
    status: 201,
  },
  {
    id: 'listDecisions',
    method: 'get',
    path: '/v1/decisions',
    summary: 'Decisions, the latest first.',
    query: decisionsQuerySchema,
    response: decisionListSchema,
  },
  {
    id: 'getDecision',
    method: 'get',
    path: '/v1/decisions/{id}',
    summary: 'One decision with everything needed to check it.',
    query: decisionQuerySchema,
    response: receiptSchema,
  },
  {
    id: 'listModels',
    method: 'get',
    path: '/v1/models',
    summary: 'Everything that `model` may be: auto, routes, models, the local encoder.',
    response: modelListSchema,
  },
  {
    id: 'getModel',
    method: 'get',
    path: '/v1/models/{id}',
    summary: 'One of them; the id may hold colons and slashes.',
    response: modelSchema,
  },
  {
    id: 'createKey',
    method: 'post',
    path: '/admin/keys',
    summary: 'Make a gateway key. The answer holds it this once.',
    request: createKeyRequestSchema,
    response: createdKeySchema,
    status: 201,
  },
  {
    id: 'listKeys',
    method: 'get',
    path: '/admin/keys',
    summary: 'All keys ever made, with what they have used; never the keys themselves.',
    response: keyListSchema,
  },
  {
    id: 'revokeKey',
    method: 'delete',
    path: '/admin/keys/{id}',
    summary: 'Revoke a key: its next request is refused.',
    response: revokedKeySchema,
  },
  {
    id: 'describe',
    method: 'get',
    path: '/',
    summary: 'The endpoints there are.',
    response: rootSchema,
  },
  {
    id: 'health',
    method: 'get',
    path: '/healthz',
    summary: 'Answers as long as the process does.',
    response: healthSchema,
  },
  {
    id: 'readiness',
    method: 'get',
    path: '/readyz',
    summary: '200 when every check holds, else 503 with the same body.',
    response: readinessSchema,
  },
  {
    id: 'metrics',
    method: 'get',
    path: '/metrics',
    summary: "Metrics in Prometheus' text format.",
    contentType: 'text/plain',
  },
  { id: 'openapi', method: 'get', path: '/openapi.json', summary: 'This document.' },
]
