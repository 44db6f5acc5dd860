// The likely cause of failed attempts of real requests.
import { expect, it } from 'vitest'
import { configSchema } from '../../../src/config/config-schema.ts'
import type { FailedAttempts } from '../../../src/core/records/failed-attempts.ts'
import { attemptCause } from '../../../src/quality/doctor/attempt-cause.ts'

const config = configSchema.parse({
  providers: {
    acme: { kind: 'openai', base_url: 'https://llm.example.org/v1', api_key_env: 'ACME_KEY' },
    echo: { kind: 'echo' },
  },
  models: {
    large: { provider: 'acme', name: 'large-1' },
    echo: { provider: 'echo', name: 'echo' },
  },
  routes: { code: { models: ['large'] } },
  default_route: 'code',
})

const failedOf = (changes: Partial<FailedAttempts>): FailedAttempts => ({
  provider: 'acme',
  model: 'large',
  errorCode: 'upstream_error',
  status: null,
  failure: {},
  count: 3,
  decisionId: 'd1',
  lastAtMs: 1,
  ...changes,
})

const causeOf = (changes: Partial<FailedAttempts>) =>
  attemptCause(failedOf(changes), { config, env: { ACME_KEY: 'k' } })

it.each<[string, Partial<FailedAttempts>, cause: RegExp, fix: RegExp]>([
  [
    'a refused key',
    { status: 401, failure: { isKeyRejected: true } },
    /ACME_KEY is wrong/,
    /valid/,
  ],
  ['a limit', { status: 429, failure: { shape: 'rate limit reached' } }, /limits this key/, /Wait/],
  ['an empty account', { status: 429, failure: { shape: 'insufficient_quota' } }, /credit/, /Top/],
  [
    'a missing model',
    { status: 404, failure: { shape: 'the model … does not exist' } },
    /no model "large-1"/,
    /models\.large\.name/,
  ],
  [
    'a missing model told by 400',
    { status: 400, failure: { shape: 'invalid model …' } },
    /no model "large-1"/,
    /models\.large\.name/,
  ],
  ['a wrong path', { status: 404 }, /no such path/, /\/v1/],
  ['a server with trouble', { status: 503 }, /trouble of its own/, /second model/],
  [
    'a prompt that is too long',
    { status: 400, failure: { shape: 'this model … maximum context length is … tokens' } },
    /longer than large takes/,
    /models\.large\.context_window/,
  ],
  [
    'a content filter',
    { status: 400, failure: { shape: 'content_filter' } },
    /content filter of llm\.example\.org/,
    /content_policy/,
  ],
  [
    'a refused parameter',
    { status: 400, failure: { shape: 'unsupported parameter … with this model' } },
    /refuses what callers ask of large/,
    /signalbox explain d1/,
  ],
  [
    'a refused connection',
    { errorCode: 'upstream_unavailable', failure: { causeCode: 'ECONNREFUSED' } },
    /Nothing listens on port 443/,
    /./,
  ],
  ['a timeout', { errorCode: 'upstream_timeout' }, /did not answer in time/, /deadlines/],
  ['a broken stream', { errorCode: 'upstream_interrupted', status: 200 }, /broke off/, /proxy/],
  ['an error in the middle', { status: 200 }, /broke off/, /proxy/],
  ['a web page', { errorCode: 'upstream_invalid', status: 200 }, /not as an API/, /base_url/],
  [
    'a forced failure',
    { errorCode: 'upstream_unavailable', failure: { isForced: true } },
    /x-router-fail-targets/,
    /Nothing is wrong/,
  ],
])('tells %s, and what to do', (_, changes, cause, fix) => {
  const told = causeOf(changes)
  expect(told?.cause).toMatch(cause)
  expect(told?.fix).toMatch(fix)
})

it('knows no cause of what is no longer configured, is built in, or is a fault of our own', () => {
  expect(causeOf({ provider: 'gone' })).toBeNull()
  expect(causeOf({ provider: 'constructor' })).toBeNull()
  expect(causeOf({ model: 'gone' })).toBeNull()
  expect(causeOf({ provider: 'echo', model: 'echo' })).toBeNull()
  expect(causeOf({ errorCode: 'internal' })).toBeNull()
})
