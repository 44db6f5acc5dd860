// The OpenAPI 3.1 document, made from the schemas that requests are checked with. What each endpoint is, it declares itself.
import { z } from 'zod'
import { isAnthropicPath } from '../../dialects/anthropic/inbound-error.ts'
import { isGeminiPath } from '../../dialects/gemini/inbound-error.ts'
import { documentedPath, type EndpointFacts } from '../request/endpoint.ts'
import { anthropicErrorSchema, errorSchema, geminiErrorSchema } from './error-schemas.ts'

type Json = Record<string, unknown>

export interface OpenApiDocument {
  openapi: string
  info: Json
  servers: { url: string; description: string }[]
  /** Path → method in lower case → operation. */
  paths: Record<string, Record<string, Json>>
  components: Json
}

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): Json => {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io })
  return rest
}

const inJson = (schema: Json): Json => ({ 'application/json': { schema } })

const errorResponse = (path: string): Json => {
  const [api, schema] = isAnthropicPath(path)
    ? ['Anthropic', 'AnthropicError']
    : isGeminiPath(path)
      ? ['Gemini', 'GeminiError']
      : ['OpenAI', 'Error']
  return {
    description: `Any error, in the envelope of the ${api} API.`,
    content: inJson({ $ref: `#/components/schemas/${schema}` }),
  }
}

/** What every routed reply carries; absent where the value is null. */
const ROUTER_HEADERS: Record<string, string> = {
  'x-router-decision-id': 'Names the decision for /v1/feedback and /v1/decisions/{id}.',
  'x-router-route': 'The chosen route.',
  'x-router-model': 'The model that served, or that was tried last.',
  'x-router-confidence':
    'Calibrated probability that the route is right; absent where not classified.',
  'x-router-alias':
    'Where `model` is an alias or a name that nobody configured: the alias or `unknown_model`, `=`, what it stands for.',
  'x-router-reason':
    'Why this route: matched, below_threshold, none_of_the_above, unconfigured_route, no_signal, pinned, degraded, words, …',
  'x-router-index-version': 'Index generation that decided; absent where none did.',
  'x-router-overhead-ms': "The router's own time until the reply.",
  'x-router-attempts': 'Upstream calls made.',
  'x-router-fallback-cause':
    'Where another model was called than the decided one: that one, and what became of its first call.',
  'x-router-cache': '`hit` or `miss` of the answer cache; `bypass` where it was not asked.',
  'x-router-cache-kind': 'On a hit: `exact`, or `semantic` for the answer to a similar question.',
  'x-router-truncated': '1 where the routing text was cut; else absent.',
}

const header = (description: string): Json => ({ description, schema: { type: 'string' } })

const headersOf = ({ path, isRouted, headers = {} }: EndpointFacts): Json => ({
  'x-request-id': header("The caller's x-request-id where it is sane, else a new id."),
  ...(isAnthropicPath(path)
    ? { 'request-id': header('The same, by its name in Anthropic’s API.') }
    : {}),
  ...Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, header(text)])),
  ...(isRouted
    ? Object.fromEntries(Object.entries(ROUTER_HEADERS).map(([name, text]) => [name, header(text)]))
    : {}),
})

const responseContent = (endpoint: EndpointFacts): Json => {
  const { response, request, isStreamable, isYaml, contentType } = endpoint
  if (contentType) return { [contentType]: { schema: { type: 'string' } } }
  return {
    ...(response ? inJson(jsonSchema(response, 'output')) : inJson({ type: 'object' })),
    ...(isYaml && !request ? { 'application/yaml': { schema: { type: 'string' } } } : {}),
    ...(isStreamable ? { 'text/event-stream': { schema: { type: 'string' } } } : {}),
  }
}

const requestContent = ({ isYaml }: EndpointFacts, request: z.ZodType): Json => {
  const schema = jsonSchema(request, 'input')
  return { ...inJson(schema), ...(isYaml ? { 'application/yaml': { schema } } : {}) }
}

const parametersOf = ({ path, query }: EndpointFacts): Json[] => {
  const inPath = [...documentedPath(path).matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  const properties = query ? (jsonSchema(query, 'input').properties as Record<string, Json>) : {}
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    schema,
  }))
  return [...inPath, ...inQuery]
}

/** `access` is the role that a key needs; `any` is any valid key. Without keys in use, nothing needs one. */
const securityOf = ({ access, path }: EndpointFacts): Json => {
  const isPublic = access === 'public'
  const google = isGeminiPath(path) ? [{ googleKey: [] }] : []
  const keys = [{ bearer: [] }, { apiKey: [] }, ...google]
  return { security: isPublic ? [] : keys, 'x-access': access }
}

const operationOf = (endpoint: EndpointFacts): Json => ({
  operationId: endpoint.id,
  summary: endpoint.summary,
  ...securityOf(endpoint),
  parameters: parametersOf(endpoint),
  ...(endpoint.request
    ? {
        requestBody: {
          required: endpoint.body !== 'optional',
          content: requestContent(endpoint, endpoint.request),
        },
      }
    : {}),
  responses: {
    [String(endpoint.status ?? 200)]: {
      description: endpoint.summary,
      headers: headersOf(endpoint),
      content: responseContent(endpoint),
    },
    default: { ...errorResponse(endpoint.path), headers: headersOf(endpoint) },
  },
})

export const createOpenApiDocument = (endpoints: readonly EndpointFacts[]): OpenApiDocument => {
  const paths: OpenApiDocument['paths'] = {}
  for (const endpoint of endpoints) {
    const path = documentedPath(endpoint.path)
    paths[path] = { ...paths[path], [endpoint.method]: operationOf(endpoint) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Signalbox',
      version: '1',
      description:
        'A self-hosted LLM router that learns from your feedback and can prove every decision.',
    },
    servers: [{ url: '/', description: 'The server that this document was read from.' }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A gateway key, `sb-…`.' },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
        googleKey: { type: 'apiKey', in: 'header', name: 'x-goog-api-key' },
      },
      schemas: {
        Error: jsonSchema(errorSchema, 'output'),
        AnthropicError: jsonSchema(anthropicErrorSchema, 'output'),
        GeminiError: jsonSchema(geminiErrorSchema, 'output'),
      },
    },
  }
}
