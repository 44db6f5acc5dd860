// Every endpoint once, with its schemas. A test holds this list and the app's routes equal.

import type { z } from 'zod'
import {
  countTokensRequestSchema,
  messagesRequestSchema,
} from '../../dialects/anthropic/inbound-schema.ts'
import { chatRequestSchema } from '../../dialects/chat/chat-schema.ts'
import {
  completionsRequestSchema,
  completionsResponseSchema,
} from '../../dialects/completions/completions.ts'
import { responseSchema, responsesRequestSchema } from '../../dialects/responses/schema.ts'
import {
  armsSchema,
  endArmQuerySchema,
  startCanaryRequestSchema,
  startShadowRequestSchema,
} from '../endpoints/admin/arms-schemas.ts'
import {
  configChangeSchema,
  configHistorySchema,
  configQuerySchema,
  configRequestSchema,
  configStatusSchema,
  configVersionSchema,
  rollbackRequestSchema,
} from '../endpoints/admin/config-schemas.ts'
import {
  accountListSchema,
  accountsQuerySchema,
  exemplarRuledSchema,
  exemplarRulingRequestSchema,
} from '../endpoints/admin/exemplar-schemas.ts'
import {
  generationListSchema,
  generationRollbackRequestSchema,
  generationSchema,
  historySchema,
  movedSchema,
  promoteRequestSchema,
  rebuildRequestSchema,
  rebuildStateSchema,
  startedRebuildSchema,
} from '../endpoints/admin/generation-schemas.ts'
import {
  createdKeySchema,
  createKeyRequestSchema,
  keyListSchema,
  revokedKeySchema,
} from '../endpoints/admin/key-schemas.ts'
import { replayReportSchema, replayRequestSchema } from '../endpoints/admin/replay-schemas.ts'
import {
  reviewListSchema,
  reviewQuerySchema,
  rulingRequestSchema,
  rulingResultSchema,
} from '../endpoints/admin/review-schemas.ts'
import { embeddingsRequestSchema, embeddingsResponseSchema } from '../endpoints/embeddings-json.ts'
import { decisionExplanationSchema } from '../endpoints/explain-schemas.ts'
import {
  forgetRequestSchema,
  forgottenSchema,
  importedFeedbackSchema,
  importFeedbackRequestSchema,
  voteListSchema,
  votesQuerySchema,
} from '../endpoints/feedback-schemas.ts'
import {
  decisionQuerySchema,
  decisionsQuerySchema,
  feedbackRequestSchema,
  routeRequestSchema,
} from '../schemas.ts'
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

export interface Endpoint {
  id: string
  method: 'get' | 'post' | 'put' | 'delete'
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
  /** The request's body, or the answer where there is none, may be YAML as well. */
  isYaml?: boolean
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
    id: 'explainDecision',
    method: 'get',
    path: '/v1/decisions/{id}/explain',
    summary:
      'Make a past decision again from what was kept, and say whether it comes out the same.',
    response: decisionExplanationSchema,
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
    id: 'getConfig',
    method: 'get',
    path: '/admin/config',
    summary: 'The configuration; as YAML, the file as it is written, where Accept asks for it.',
    response: configStatusSchema,
    isYaml: true,
    headers: {
      etag: 'The version: If-Match of a change.',
      'x-config-serving-version': 'With YAML: the version that serves.',
      'x-config-restart-required': 'With YAML: keys that wait for a restart.',
      'x-config-last-error': 'With YAML: why the file as it is does not serve.',
    },
  },
  {
    id: 'putConfig',
    method: 'put',
    path: '/admin/config',
    summary: 'Check, plan and apply a configuration: the file is written, and serves at once.',
    request: configRequestSchema,
    query: configQuerySchema,
    response: configChangeSchema,
    isYaml: true,
    headers: { etag: 'The version that is asked for now.' },
  },
  {
    id: 'listConfigVersions',
    method: 'get',
    path: '/admin/config/versions',
    summary: 'Each time that a configuration began to serve, the latest first.',
    response: configHistorySchema,
  },
  {
    id: 'getConfigVersion',
    method: 'get',
    path: '/admin/config/versions/{hash}',
    summary: 'A configuration that served, by the beginning of its version.',
    response: configVersionSchema,
  },
  {
    id: 'rollBackConfig',
    method: 'post',
    path: '/admin/config/rollback',
    summary: 'Serve by an earlier configuration again; by default by the one before.',
    request: rollbackRequestSchema,
    response: configChangeSchema,
    headers: { etag: 'The version that is asked for now.' },
  },
  {
    id: 'getArms',
    method: 'get',
    path: '/admin/arms',
    summary: 'The shadow and the canary, and how they do.',
    response: armsSchema,
  },
  {
    id: 'startShadow',
    method: 'put',
    path: '/admin/arms/shadow',
    summary: 'Let a generation decide beside the serving one, without effect.',
    request: startShadowRequestSchema,
    response: armsSchema,
  },
  {
    id: 'startCanary',
    method: 'put',
    path: '/admin/arms/canary',
    summary: 'Try a generation on a share of the sessions; votes promote it or roll it back.',
    request: startCanaryRequestSchema,
    response: armsSchema,
  },
  {
    id: 'endShadow',
    method: 'delete',
    path: '/admin/arms/shadow',
    summary: 'End the shadow.',
    query: endArmQuerySchema,
    response: armsSchema,
  },
  {
    id: 'endCanary',
    method: 'delete',
    path: '/admin/arms/canary',
    summary: 'End the canary: the serving generation decides for everybody again.',
    query: endArmQuerySchema,
    response: armsSchema,
  },
  {
    id: 'listGenerations',
    method: 'get',
    path: '/admin/generations',
    summary: 'The generations on disk: what each is, what it is doing, what the gate thought.',
    response: generationListSchema,
  },
  {
    id: 'getGeneration',
    method: 'get',
    path: '/admin/generations/{number}',
    summary: 'One generation with the report of its build and its history.',
    response: generationSchema,
  },
  {
    id: 'promoteGeneration',
    method: 'post',
    path: '/admin/generations/{number}/promote',
    summary: 'Make a generation serve; one that the gate refused only with force and a reason.',
    request: promoteRequestSchema,
    response: movedSchema,
  },
  {
    id: 'rollBackGeneration',
    method: 'post',
    path: '/admin/generations/rollback',
    summary: 'Serve an earlier generation again.',
    request: generationRollbackRequestSchema,
    response: movedSchema,
  },
  {
    id: 'getHistory',
    method: 'get',
    path: '/admin/history',
    summary: 'What was done with the generations, by whom and why.',
    response: historySchema,
  },
  {
    id: 'startRebuild',
    method: 'post',
    path: '/admin/rebuild',
    summary: 'Begin a rebuild in the background.',
    request: rebuildRequestSchema,
    response: startedRebuildSchema,
    status: 202,
  },
  {
    id: 'getRebuild',
    method: 'get',
    path: '/admin/rebuild',
    summary: 'How far the rebuild is, and what the last one found.',
    response: rebuildStateSchema,
  },
  {
    id: 'replayDecisions',
    method: 'post',
    path: '/admin/replay',
    summary: 'Decide stored decisions anew, without any model call, and say what changes.',
    request: replayRequestSchema,
    response: replayReportSchema,
  },
  {
    id: 'listReview',
    method: 'get',
    path: '/admin/review',
    summary: 'What a person could settle: candidates, new routes, uncertain decisions.',
    query: reviewQuerySchema,
    response: reviewListSchema,
  },
  {
    id: 'ruleReview',
    method: 'post',
    path: '/admin/review/{id}',
    summary: 'Accept, relabel or reject an item of the review queue.',
    request: rulingRequestSchema,
    response: rulingResultSchema,
  },
  {
    id: 'importFeedback',
    method: 'post',
    path: '/admin/feedback',
    summary:
      'Votes in bulk: rows of a labelled log, up to 1,000 a call. Sending them again changes nothing.',
    request: importFeedbackRequestSchema,
    response: importedFeedbackSchema,
  },
  {
    id: 'listFeedback',
    method: 'get',
    path: '/admin/feedback',
    summary: 'Votes, the latest first.',
    query: votesQuerySchema,
    response: voteListSchema,
  },
  {
    id: 'forget',
    method: 'post',
    path: '/admin/forget',
    summary: 'Delete the decisions and votes of a session, a user or a key.',
    request: forgetRequestSchema,
    response: forgottenSchema,
  },
  {
    id: 'listExemplarAccounts',
    method: 'get',
    path: '/admin/exemplars',
    summary: 'What exemplars did in decisions that were voted on, the likeliest to do harm first.',
    query: accountsQuerySchema,
    response: accountListSchema,
  },
  {
    id: 'ruleExemplar',
    method: 'post',
    path: '/admin/exemplars/{id}',
    summary: 'Leave an exemplar out of the next builds, or keep it in.',
    request: exemplarRulingRequestSchema,
    response: exemplarRuledSchema,
    status: 201,
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
