// /admin/config: the configuration as a resource with versions. A change says which version it was made from (If-Match), so
// that of two people who edit at once the second one is told. `signalbox config` does the same on the file.
import type { ConfigOutcome } from '../../../config/config-admin.ts'
import type { ConfigState } from '../../../config/reloader.ts'
import { RouterError } from '../../../errors.ts'
import { bodyLimit } from '../../middleware/body-limit.ts'
import { jsonBody } from '../../middleware/json-body.ts'
import type { App, AppContext } from '../../request/app-env.ts'
import type { HttpDeps } from '../../request/deps.ts'
import { parseJson } from '../../request/json.ts'
import { principalOf } from '../../request/principal.ts'
import { validate } from '../../request/validate.ts'
import {
  configChangeJson,
  configHistoryJson,
  configStatusJson,
  configVersionJson,
} from './config-json.ts'
import { configQuerySchema, rollbackRequestSchema } from './config-schemas.ts'

/** Ten thousand lines. */
const MAX_CONFIG_BYTES = 262_144

/** `"abc"`, `W/"abc"` or bare; null for `*`, which any version matches. Absent: undefined. */
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
  const bytes = c.get('bodyBytes')
  if (/\byaml\b/i.test(type)) return { yaml: textOf(bytes) }
  if (/\bjson\b/i.test(type)) {
    const json = textOf(bytes)
    parseJson(bytes) // YAML takes more than JSON does
    return { json }
  }
  throw new RouterError(
    'invalid_request',
    'content-type: expected application/yaml or application/json.',
    { param: 'content-type' },
  )
}

const answerChange = (c: AppContext, outcome: ConfigOutcome): Response => {
  c.header('etag', `"${outcome.state.wanted.version}"`)
  return c.json(configChangeJson(outcome))
}

/** For YAML, whose body has no place for it. Header values hold no line breaks and only ASCII. */
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

const read = (app: App, { admin: { config: configAdmin } }: HttpDeps): void => {
  app.get('/admin/config', (c) => {
    const state = configAdmin.state()
    c.header('etag', `"${state.wanted.version}"`)
    c.header('vary', 'accept')
    if (!/\byaml\b/i.test(c.req.header('accept') ?? '')) return c.json(configStatusJson(state))
    for (const [name, value] of Object.entries(stateHeaders(state))) c.header(name, value)
    const { source, text } = state.wanted
    return c.body(source ?? text, 200, { 'content-type': 'application/yaml; charset=utf-8' })
  })

  app.get('/admin/config/versions', async (c) => {
    const { serving } = configAdmin.state()
    return c.json(configHistoryJson(await configAdmin.activations(), serving.version))
  })

  app.get('/admin/config/versions/:hash', async (c) =>
    c.json(configVersionJson(await configAdmin.version(c.req.param('hash')))),
  )
}

export const adminConfig = (app: App, deps: HttpDeps): void => {
  const { config: configAdmin } = deps.admin
  const limit = deps.config.server.max_body_bytes
  read(app, deps)

  app.put('/admin/config', bodyLimit(limit), async (c) => {
    const query = validate(configQuerySchema, c.req.query())
    const { version } = configAdmin.state().wanted
    const outcome = await configAdmin.put(configOf(c), {
      ifMatch: requireIfMatch(c, version),
      author: principalOf(c).id,
      isDryRun: query.dry_run ?? false,
      isReplayed: query.replay ?? true,
      confirmOrigin: query.confirm_origin ?? false,
      signal: c.req.raw.signal,
    })
    return answerChange(c, outcome)
  })

  app.post('/admin/config/rollback', bodyLimit(limit), jsonBody(), async (c) => {
    const wish = validate(rollbackRequestSchema, c.get('json'))
    const outcome = await configAdmin.rollback(wish.to ?? null, {
      ifMatch: ifMatchOf(c) ?? null,
      author: principalOf(c).id,
      isDryRun: wish.dry_run ?? false,
      isReplayed: wish.replay ?? true,
      confirmOrigin: wish.confirm_origin ?? false,
      signal: c.req.raw.signal,
    })
    return answerChange(c, outcome)
  })
}
