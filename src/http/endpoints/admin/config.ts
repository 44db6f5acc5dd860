// /admin/config: the configuration as a versioned resource. A change names the version that it is based on (If-Match), so that of two
// concurrent edits the second is refused. `signalbox config` does the same on the file.
import type { ConfigOutcome } from '../../../config/config-admin.ts'
import type { ConfigState } from '../../../config/reloader.ts'
import { RouterError } from '../../../errors.ts'
import type { AppContext } from '../../request/app-env.ts'
import { wholeOf } from '../../request/body.ts'
import { defineEndpoint } from '../../request/endpoint.ts'
import { parseJson } from '../../request/json.ts'
import { principalOf } from '../../request/principal.ts'
import {
  configChangeJson,
  configHistoryJson,
  configStatusJson,
  configVersionJson,
} from './config-json.ts'
import {
  configChangeSchema,
  configHistorySchema,
  configQuerySchema,
  configRequestSchema,
  configStatusSchema,
  configVersionSchema,
  rollbackRequestSchema,
} from './config-schemas.ts'

/** About ten thousand lines. */
const MAX_CONFIG_BYTES = 262_144

/** `"abc"`, `W/"abc"` or bare; null for `*`, which matches any version. Undefined without the header. */
const ifMatchOf = (c: AppContext): string | null | undefined => {
  const value = c.req.header('if-match')?.trim()
  if (value === undefined || value === '') return undefined
  return value === '*' ? null : value.replace(/^W\//, '').replace(/^"(.*)"$/, '$1')
}

const requireIfMatch = (c: AppContext, version: string): string | null => {
  const ifMatch = ifMatchOf(c)
  if (ifMatch !== undefined) return ifMatch
  throw new RouterError(
    'invalid_request',
    `If-Match: required, so that nobody's change is lost; send the ETag of GET /admin/config ("${version}").`,
    { param: 'If-Match' },
  )
}

const textOf = (bytes: Uint8Array): string => {
  if (bytes.length > MAX_CONFIG_BYTES) {
    throw new RouterError(
      'body_too_large',
      `A configuration has at most ${MAX_CONFIG_BYTES} bytes here; a longer one goes into the file.`,
    )
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new RouterError('invalid_request', 'The body is not valid UTF-8.', { cause: error })
  }
}

const configOf = (c: AppContext): { yaml: string } | { json: string } => {
  const type = c.req.header('content-type') ?? ''
  const bytes = wholeOf(c.get('bodyChunks'))
  if (/\byaml\b/i.test(type)) return { yaml: textOf(bytes) }
  if (/\bjson\b/i.test(type)) {
    const json = textOf(bytes)
    parseJson(bytes) // the YAML parser accepts more than JSON
    return { json }
  }
  throw new RouterError(
    'invalid_request',
    'content-type: expected application/yaml or application/json.',
    { param: 'content-type' },
  )
}

const CHANGE_HEADERS = { etag: 'The version that is asked for now.' }

const answerChange = (c: AppContext, outcome: ConfigOutcome) => {
  c.header('etag', `"${outcome.state.wanted.version}"`)
  return configChangeJson(outcome)
}

/** The state as headers, for YAML bodies. Values are ASCII without line breaks. */
const stateHeaders = ({ serving, restartRequired, lastError }: ConfigState) => ({
  'x-config-serving-version': serving.version,
  ...(restartRequired.length > 0 && { 'x-config-restart-required': restartRequired.join(', ') }),
  ...(lastError && {
    'x-config-last-error': lastError.message
      .replace(/\s+/g, ' ')
      .replace(/[^\x20-\x7e]/g, '?')
      .slice(0, 1_000),
  }),
})

const getConfig = defineEndpoint({
  id: 'getConfig',
  method: 'get',
  path: '/admin/config',
  access: 'admin',
  summary: 'The configuration; as YAML, the file as it is written, where Accept asks for it.',
  response: configStatusSchema,
  isYaml: true,
  headers: {
    etag: 'The version: If-Match of a change.',
    'x-config-serving-version': 'With YAML: the version that serves.',
    'x-config-restart-required': 'With YAML: keys that wait for a restart.',
    'x-config-last-error': 'With YAML: why the file as it is does not serve.',
  },
  handler:
    ({ admin }) =>
    (c) => {
      const state = admin.config.state()
      c.header('etag', `"${state.wanted.version}"`)
      c.header('vary', 'accept')
      if (!/\byaml\b/i.test(c.req.header('accept') ?? '')) return configStatusJson(state)
      for (const [name, value] of Object.entries(stateHeaders(state))) c.header(name, value)
      const { source, text } = state.wanted
      return c.body(source ?? text, 200, { 'content-type': 'application/yaml; charset=utf-8' })
    },
})

const putConfig = defineEndpoint({
  id: 'putConfig',
  method: 'put',
  path: '/admin/config',
  access: 'admin',
  summary: 'Check, plan and apply a configuration: the file is written, and serves at once.',
  request: configRequestSchema,
  body: 'raw',
  query: configQuerySchema,
  response: configChangeSchema,
  isYaml: true,
  headers: CHANGE_HEADERS,
  handler:
    ({ admin }) =>
    async (c, { query }) => {
      const { version } = admin.config.state().wanted
      const outcome = await admin.config.put(configOf(c), {
        ifMatch: requireIfMatch(c, version),
        author: principalOf(c).id,
        isDryRun: query.dry_run ?? false,
        isReplayed: query.replay ?? true,
        confirmOrigin: query.confirm_origin ?? false,
        signal: c.req.raw.signal,
      })
      return answerChange(c, outcome)
    },
})

const listConfigVersions = defineEndpoint({
  id: 'listConfigVersions',
  method: 'get',
  path: '/admin/config/versions',
  access: 'admin',
  summary: 'Each time that a configuration began to serve, the latest first.',
  response: configHistorySchema,
  handler:
    ({ admin }) =>
    async () => {
      const { serving } = admin.config.state()
      return configHistoryJson(await admin.config.activations(), serving.version)
    },
})

const getConfigVersion = defineEndpoint({
  id: 'getConfigVersion',
  method: 'get',
  path: '/admin/config/versions/:hash',
  access: 'admin',
  summary: 'A configuration that served, by the beginning of its version.',
  response: configVersionSchema,
  handler:
    ({ admin }) =>
    async (c) =>
      configVersionJson(await admin.config.version(c.req.param('hash'))),
})

const rollBackConfig = defineEndpoint({
  id: 'rollBackConfig',
  method: 'post',
  path: '/admin/config/rollback',
  access: 'admin',
  summary: 'Serve by an earlier configuration again; by default by the one before.',
  request: rollbackRequestSchema,
  response: configChangeSchema,
  headers: CHANGE_HEADERS,
  handler:
    ({ admin }) =>
    async (c, { request }) => {
      const outcome = await admin.config.rollback(request.to ?? null, {
        ifMatch: ifMatchOf(c) ?? null,
        author: principalOf(c).id,
        isDryRun: request.dry_run ?? false,
        isReplayed: request.replay ?? true,
        confirmOrigin: request.confirm_origin ?? false,
        signal: c.req.raw.signal,
      })
      return answerChange(c, outcome)
    },
})

export const config = [getConfig, putConfig, listConfigVersions, getConfigVersion, rollBackConfig]
