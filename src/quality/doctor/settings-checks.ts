// The configuration and what it takes from the environment: the file, which variable each key comes from, the proxy.
import type { Config } from '../../config/config-schema.ts'
import type { LoadedConfig } from '../../config/load-config.ts'
import { RouterError } from '../../errors.ts'
import { readProxySettings } from '../../upstream/egress/proxy.ts'
import { keyVariables, readKeys } from '../../upstream/keys/provider-keys.ts'
import { baseUrlAdvice } from '../../upstream/registry/base-url-advice.ts'
import { providerBaseUrl } from '../../upstream/registry/registry.ts'
import { type Check, type Finding, findingsOf } from './finding.ts'
import { vendorOfHost, vendorOfKey } from './key-vendors.ts'

type Env = Readonly<Record<string, string | undefined>>

export interface Settings {
  /** Null where the file is not valid, and `problem` says why. */
  loaded: LoadedConfig | null
  problem: string | null
  env: Env
}

const checkConfig = ({ loaded, problem }: Settings): Finding[] => {
  const { ok, failure, warning } = findingsOf('config')
  if (loaded === null) {
    return [
      failure({
        detail: 'The configuration is not valid; a server would not start by it.',
        cause: problem ?? 'It cannot be read.',
        fix: 'Correct the keys that are named; signalbox config schema prints the form, signalbox config history earlier versions.',
      }),
    ]
  }
  const { config, path, version } = loaded
  const advice = Object.entries(config.providers).flatMap(([name, provider]) => {
    const cause = baseUrlAdvice(name, provider)
    return cause === null ? [] : [{ name, cause }]
  })
  return [
    ok(`${path ?? 'The embedded defaults'}: valid, version ${version}.`),
    ...advice.map(({ name, cause }) =>
      warning({
        detail: `The address of ${name} looks wrong.`,
        cause,
        fix: `Correct providers.${name}.base_url.`,
      }),
    ),
  ]
}

const keyOf = (name: string, config: Config, env: Env): Finding => {
  const { ok, failure, warning } = findingsOf('key', name)
  const provider = config.providers[name] as Config['providers'][string]
  const variables = keyVariables(provider)
  if (variables.length === 0) return ok('No key is configured; none is sent.')
  try {
    readKeys(name, provider, { ...env })
  } catch (error) {
    if (!(error instanceof RouterError)) throw error
    const fix = `Set it where the server is started (a shell, a unit file, compose.yaml), without quotes or blanks around the value.`
    return failure({ detail: error.message, cause: 'The server would not start without it.', fix })
  }
  const host = vendorOfHost(new URL(providerBaseUrl(name, provider)).hostname)
  const strange = variables.find((variable) => {
    const vendor = vendorOfKey(env[variable] ?? '')
    return vendor !== null && host !== null && vendor !== host
  })
  if (strange === undefined) return ok(`From ${variables.join(', ')}.`)
  const vendor = vendorOfKey(env[strange] ?? '')
  return warning({
    detail: `The key in ${strange} looks like one of ${vendor}, and goes to ${host}.`,
    cause: `${strange} holds the key of another provider, or base_url leads to the wrong one.`,
    fix: `Put a key of ${host} into ${strange}, or name another variable in providers.${name}.api_key_env.`,
  })
}

const checkKeys = ({ loaded, env }: Settings): Finding[] =>
  Object.entries(loaded?.config.providers ?? {})
    .filter(([, { kind }]) => kind !== 'echo')
    .map(([name]) => keyOf(name, (loaded as LoadedConfig).config, env))

const hostOfProxy = (value: string): string => (value === '' ? '–' : new URL(value).host)

const checkProxy = ({ env }: Settings): Finding[] => {
  const { ok, failure } = findingsOf('proxy settings')
  try {
    const settings = readProxySettings({ ...env })
    if (settings === null) return [ok('No proxy is set.')]
    const { http, https, except } = settings
    return [
      ok(
        `HTTPS_PROXY ${hostOfProxy(https)}, HTTP_PROXY ${hostOfProxy(http)}, NO_PROXY ${except || '–'}.`,
      ),
    ]
  } catch (error) {
    if (!(error instanceof RouterError)) throw error
    return [
      failure({
        detail: error.message,
        cause: 'The variable holds no address of a proxy.',
        fix: `Correct or unset ${error.param}.`,
      }),
    ]
  }
}

export const settingsChecks = (settings: Settings): Check[] => [
  { name: 'config', run: async () => checkConfig(settings) },
  { name: 'key', run: async () => checkKeys(settings) },
  { name: 'proxy settings', run: async () => checkProxy(settings) },
]
