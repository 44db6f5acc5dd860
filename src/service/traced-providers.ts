// What traces say of providers: the name that the GenAI conventions have for each, and the origin that its calls go to.
import type { Config } from '../config/config-schema.ts'
import { presetNameOf } from '../config/preset-hosts.ts'
import type { HttpDeps } from '../http/request/deps.ts'
import type { TracedProviders, Tracing } from '../telemetry/tracing/tracing.ts'
import { providerBaseUrl } from '../upstream/registry/registry.ts'

type Provider = Config['providers'][string]

/** Where the conventions have another name than the presets. */
const SYSTEMS: Record<string, string> = {
  azure: 'azure.ai.openai',
  mistral: 'mistral_ai',
  xai: 'x_ai',
}

const systemOf = ({ kind, preset, base_url }: Provider): string => {
  if (kind === 'gemini') return 'gcp.gemini'
  if (kind !== 'openai') return kind
  const name = presetNameOf(preset, base_url) ?? 'openai'
  return SYSTEMS[name] ?? name
}

const tracedProviders = (providers: Config['providers']): TracedProviders =>
  Object.fromEntries(
    Object.entries(providers).map(([name, provider]) => {
      const isCalled = provider.kind !== 'echo'
      const origin = isCalled ? new URL(providerBaseUrl(name, provider)).origin : null
      return [name, { system: systemOf(provider), origin }]
    }),
  )

/** What http begins traces with; nothing without tracing. */
export const beginTraces = (
  providers: Config['providers'],
  tracing: Tracing | null,
): Pick<HttpDeps, 'beginTrace'> => {
  if (tracing === null) return {}
  const traced = tracedProviders(providers)
  return { beginTrace: (request) => tracing.begin({ ...request, providers: traced }) }
}
