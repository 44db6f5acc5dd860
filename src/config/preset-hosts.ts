// Known servers (presets) by the host of their address.
import type { presetNames } from './schema/provider-schema.ts'

export type PresetName = (typeof presetNames)[number]

/** A leading dot matches all subdomains. */
const HOSTS: Partial<Record<PresetName, readonly string[]>> = {
  openai: ['api.openai.com'],
  azure: ['.openai.azure.com', '.cognitiveservices.azure.com'],
  openrouter: ['openrouter.ai'],
  groq: ['api.groq.com'],
  together: ['api.together.xyz'],
  mistral: ['api.mistral.ai'],
  deepseek: ['api.deepseek.com'],
  fireworks: ['api.fireworks.ai'],
  cerebras: ['api.cerebras.ai'],
  xai: ['api.x.ai'],
}

/** The named preset, else the one of the host of `baseUrl`. */
export const presetNameOf = (
  name: PresetName | undefined,
  baseUrl: string | undefined,
): PresetName | undefined => {
  if (name !== undefined || baseUrl === undefined || !URL.canParse(baseUrl)) return name
  const { hostname } = new URL(baseUrl)
  const isOf = (host: string): boolean =>
    host.startsWith('.') ? hostname.endsWith(host) : hostname === host
  return (Object.keys(HOSTS) as PresetName[]).find((one) => HOSTS[one]?.some(isOf))
}
