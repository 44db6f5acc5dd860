// One provider, link by link: proxy or name, socket, TLS, then one minimal call that shows key, model, streaming and what
// is left of its limits. The first link that is broken is the finding; what lies behind it is not asked.
import type { Config, ModelConfig, ProviderConfig } from '../../config/config-schema.ts'
import { silentLogger } from '../../core/logger.ts'
import { toRouterError } from '../../errors.ts'
import type { Resolve } from '../../upstream/egress/agent.ts'
import { isPlainlyLocal } from '../../upstream/egress/plainly-local.ts'
import { proxyFor, readProxySettings } from '../../upstream/egress/proxy.ts'
import { createUpstreams, providerBaseUrl } from '../../upstream/registry/registry.ts'
import type { UpstreamReply } from '../../upstream/upstream.ts'
import { type CalledProvider, callTrouble } from './call-trouble.ts'
import { type Check, type Finding, findingsOf } from './finding.ts'
import { addressesOf, allowedAddresses, dial, errorCode, shakeHands } from './network.ts'
import { type Address, networkTrouble } from './network-trouble.ts'

export interface ProviderCheckOptions {
  config: Config
  env: Readonly<Record<string, string | undefined>>
  resolve: Resolve
  ca?: string[] | undefined
  /** For each link, and for the call as a whole. */
  timeoutMs: number
}

interface Place extends ProviderCheckOptions {
  name: string
  provider: ProviderConfig
  url: URL
}

const portOf = ({ port, protocol }: URL): number =>
  Number(port) || (protocol === 'https:' ? 443 : 80)

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '')

const isAllowedPrivate = ({ provider, url }: Place): boolean =>
  provider.allow_private ?? isPlainlyLocal(url.href)

/** The first link: a socket to the proxy, which looks names up by itself. */
const reachProxy = async (place: Place, proxy: { url: string; variable: string }) => {
  const { name, resolve, timeoutMs } = place
  const { failure, ok } = findingsOf('proxy', name)
  const url = new URL(proxy.url)
  const address: Address = { setting: proxy.variable, host: hostOf(url), port: portOf(url) }
  try {
    const [first = ''] = await addressesOf(address.host, resolve)
    await dial({ address: first, port: address.port, timeoutMs })
    return [ok(`The proxy ${url.host} of ${proxy.variable} takes connections.`)]
  } catch (error) {
    const trouble = networkTrouble(errorCode(error), address)
    const cause = `The proxy of ${proxy.variable} does not answer: ${trouble.cause}`
    const fix = `Start the proxy, correct ${proxy.variable}, or name ${hostOf(place.url)} in NO_PROXY.`
    return [failure({ detail: trouble.detail, cause, fix })]
  }
}

/** The links of a connection of our own. */
const reachHost = async (place: Place): Promise<Finding[]> => {
  const { name, url, timeoutMs, resolve, ca } = place
  const host = hostOf(url)
  const port = portOf(url)
  const address = { setting: `providers.${name}.base_url`, host, port }
  const found: Finding[] = []
  let link = 'dns'
  try {
    const addresses = await addressesOf(host, resolve)
    const [first = ''] = allowedAddresses(addresses, isAllowedPrivate(place))
    found.push(findingsOf(link, name).ok(`${host} is ${addresses.join(', ')}.`))
    link = 'tcp'
    await dial({ address: first, port, timeoutMs })
    found.push(findingsOf(link, name).ok(`${host}:${port} takes connections.`))
    if (url.protocol !== 'https:') return found
    link = 'tls'
    await shakeHands({ address: first, port, timeoutMs, host, ca })
    return [...found, findingsOf(link, name).ok(`The certificate of ${host} is valid.`)]
  } catch (error) {
    return [...found, findingsOf(link, name).failure(networkTrouble(errorCode(error), address))]
  }
}

const reach = (place: Place): Promise<Finding[]> => {
  const proxy = proxyFor(place.url.href, readProxySettings(place.env))
  return proxy === null ? reachHost(place) : reachProxy(place, proxy)
}

/** Enough for a reasoning model to say something, and worth a fraction of a cent. */
const MAX_TOKENS = 16

const callOnce = async (called: CalledProvider, timeoutMs: number): Promise<UpstreamReply> => {
  const { name, provider, modelId, model, env } = called
  const deadlines = { first_byte_timeout_ms: timeoutMs, first_token_timeout_ms: timeoutMs }
  const resilience = { ...called.resilience, ...deadlines, total_timeout_ms: timeoutMs }
  const upstreams = createUpstreams({
    providers: { [name]: provider },
    models: { [modelId]: model },
    env,
    resilience,
    logger: silentLogger,
  })
  const upstream = upstreams[name]
  if (!upstream) throw new Error(`there is no upstream of ${name}`)
  return upstream.chat({
    target: { provider: name, model: modelId, upstreamName: model.name, price: NO_PRICE },
    body: {
      model: model.name,
      messages: [{ role: 'user', content: 'Say ok.' }],
      max_tokens: MAX_TOKENS,
      stream: true,
    },
    route: 'doctor',
    requestId: 'doctor',
    signal: AbortSignal.timeout(timeoutMs),
  })
}

const NO_PRICE = { input: null, output: null }

const headroomText = (reply: UpstreamReply): string => {
  const { remainingRequests = null, remainingTokens = null } = reply.rateLimit ?? {}
  const left = [
    remainingRequests === null ? null : `${remainingRequests} requests`,
    remainingTokens === null ? null : `${remainingTokens} tokens`,
  ].filter((part) => part !== null)
  return left.length === 0 ? '' : `, and says that ${left.join(' and ')} are left`
}

const drained = async (reply: UpstreamReply): Promise<string> => {
  if (reply.kind === 'json') return 'served'
  await reply.stream.pipeTo(new WritableStream()).catch(() => undefined)
  return (await reply.end).outcome
}

const call = async (called: CalledProvider, timeoutMs: number): Promise<Finding[]> => {
  const { failure, warning, ok } = findingsOf('call', called.name)
  try {
    const reply = await callOnce(called, timeoutMs)
    const headroom = headroomText(reply)
    if ((await drained(reply)) === 'served') {
      return [ok(`${called.model.name} (${called.modelId}) streams an answer${headroom}.`)]
    }
    const detail = `${called.model.name} began to stream and broke off.`
    const cause = 'Something between here and the provider cuts streams, or the server gave up.'
    return [failure({ detail, cause, fix: 'Look for a proxy that buffers or limits the time.' })]
  } catch (thrown) {
    const error = toRouterError(thrown)
    const say = error.details.status === 429 ? warning : failure
    return [say(callTrouble(error, called))]
  }
}

const modelOf = ({ config, name }: Place): [id: string, model: ModelConfig] | undefined =>
  Object.entries(config.models).find(([, { provider }]) => provider === name)

const checkProvider = async (place: Place): Promise<Finding[]> => {
  const { config, name, provider, url, env, timeoutMs } = place
  const links = await reach(place)
  const found = modelOf(place)
  const { skipped } = findingsOf('call', name)
  if (links.some(({ status }) => status === 'failure')) {
    return [...links, skipped('Not called: the connection fails before it.')]
  }
  if (!found) return [...links, skipped('No configured model is served by it.')]
  const [modelId, model] = found
  const { resilience } = config
  const called = { name, provider, modelId, model, url, env, resilience }
  return [...links, ...(await call(called, timeoutMs))]
}

/** One for each provider; the built-in echo needs none. */
export const providerChecks = (options: ProviderCheckOptions): Check[] =>
  Object.entries(options.config.providers)
    .filter(([, { kind }]) => kind !== 'echo')
    .map(([name, provider]) => ({
      name: 'provider',
      subject: name,
      run: async () =>
        checkProvider({
          ...options,
          name,
          provider,
          url: new URL(providerBaseUrl(name, provider)),
        }),
    }))
