// Why a provider did not answer a minimal call, and what to do: read off the error that the call path itself makes.
import type { Config, ModelConfig, ProviderConfig } from '../../config/config-schema.ts'
import type { RouterError } from '../../errors.ts'
import { keyVariables } from '../../upstream/keys/provider-keys.ts'
import { baseUrlAdvice } from '../../upstream/registry/base-url-advice.ts'
import type { Trouble } from './finding.ts'
import { vendorOfKey } from './key-vendors.ts'
import { networkTrouble } from './network-trouble.ts'

export interface CalledProvider {
  name: string
  provider: ProviderConfig
  /** Id of the model that was asked for, and its entry. */
  modelId: string
  model: ModelConfig
  /** Of the address that is called. */
  url: URL
  env: Readonly<Record<string, string | undefined>>
  resilience: Config['resilience']
}

type Reason = Omit<Trouble, 'detail'>

const keyReason = ({ name, provider, url, env }: CalledProvider, status: number): Reason => {
  const variables = keyVariables(provider)
  const [variable] = variables
  if (variable === undefined) {
    return {
      cause: `${url.host} wants a key, and providers.${name} names none.`,
      fix: `Put the key into an environment variable, and that variable's name into providers.${name}.api_key_env.`,
    }
  }
  const listed = variables.join(', ')
  const vendor = vendorOfKey(env[variable] ?? '')
  if (vendor !== null) {
    return {
      cause: `The key in ${listed} looks like one of ${vendor}, and ${url.host} refuses it.`,
      fix: `Put a key of ${url.host} into ${variable}, or lead providers.${name}.base_url to ${vendor}.`,
    }
  }
  return status === 403
    ? {
        cause: `${url.host} knows the key in ${listed}, and it may not do this (model, project or region).`,
        fix: `Give the key that right at the provider, or put another into ${variable}.`,
      }
    : {
        cause: `The key in ${listed} is wrong, revoked or cut short.`,
        fix: `Put a valid key of ${url.host} into ${variable} and start again; look for quotes or blanks around it.`,
      }
}

const NO_MODEL = /\bmodels?\b|deployment|engine/i

const isAboutModel = ({ details }: RouterError, { model }: CalledProvider): boolean => {
  const { providerCode, providerMessage } = details
  const said = `${providerCode ?? ''} ${providerMessage ?? ''}`
  return said.includes(model.name) || NO_MODEL.test(said)
}

const modelReason = ({ name, modelId, model, url }: CalledProvider): Reason => ({
  cause: `${url.host} offers no model "${model.name}" to this key.`,
  fix: `Correct models.${modelId}.name (the provider's own list of models says what there is), or providers.${name}.`,
})

const pathReason = ({ name, provider }: CalledProvider): Reason => ({
  cause:
    baseUrlAdvice(name, provider) ??
    `There is no such path at the address: providers.${name}.base_url has a wrong path, or kind: ${provider.kind} is not what the server speaks.`,
  fix: `Correct the path in providers.${name}.base_url; most servers answer under /v1.`,
})

const noApi = ({ name, provider, url }: CalledProvider): Reason => ({
  cause: `${url.host} answers, and not as an API of kind ${provider.kind}: the address leads to a web page, a redirect or another service.`,
  fix: `Correct providers.${name}.base_url or providers.${name}.kind.`,
})

const limitReason = (error: RouterError, { url }: CalledProvider): Reason => {
  const isQuota = /quota|billing|credit/i.test(
    `${error.details.providerCode ?? ''} ${error.details.providerMessage ?? ''}`,
  )
  return isQuota
    ? { cause: `The account at ${url.host} has no credit left.`, fix: 'Top it up at the provider.' }
    : {
        cause: `${url.host} limits this key's calls at the moment.`,
        fix: 'Wait, spread the load over several keys (api_key_env takes a list), or ask for more.',
      }
}

const statusReason = (error: RouterError, called: CalledProvider): Reason => {
  const status = Number(error.details.status)
  if (error.details.isKeyRejected === true) return keyReason(called, status)
  const isModel = isAboutModel(error, called)
  if (status === 404 || status === 405) return isModel ? modelReason(called) : pathReason(called)
  if (status === 400 && isModel) return modelReason(called)
  if (status === 402 || status === 429) return limitReason(error, called)
  if (status >= 500) {
    return {
      cause: `${called.url.host} has trouble of its own.`,
      fix: 'Wait, look at its status page, and give the route a second model meanwhile.',
    }
  }
  return {
    cause: `${called.url.host} does not take the minimal request.`,
    fix: `Read its message; check providers.${called.name}.preset and api_version.`,
  }
}

const timeoutReason = ({ name, url }: CalledProvider): Reason => ({
  cause: `${url.host} took the connection and did not answer in time.`,
  fix: `Look at whether the server is overloaded or still loads the model; raise the deadlines of resilience where it is meant to be slow; check providers.${name}.base_url.`,
})

/** @param error `upstream_*`, as the call path throws it: its message is redacted */
export const callTrouble = (error: RouterError, called: CalledProvider): Trouble => {
  const { url, name } = called
  const detail = error.message
  if (error.code === 'upstream_error') return { detail, ...statusReason(error, called) }
  if (error.code === 'upstream_timeout') return { detail, ...timeoutReason(called) }
  if (error.code === 'upstream_invalid') return { detail, ...noApi(called) }
  const code = typeof error.details.causeCode === 'string' ? error.details.causeCode : null
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  const address = { setting: `providers.${name}.base_url`, host: url.hostname, port }
  return { ...networkTrouble(code, address), detail }
}
