// Detects probable mistakes in a provider's base_url that would make calls answer 404.
import type { ProviderConfig } from '../../config/config-schema.ts'
import { presetNameOf } from '../../config/preset-hosts.ts'

const OPERATIONS = /\/(?:chat\/completions|completions|responses|embeddings|messages)$/

/**
 * As Anthropic's own clients read ANTHROPIC_BASE_URL, an address without a path is the host: its paths begin with /v1.
 */
export const completedBaseUrl = (kind: ProviderConfig['kind'], written: string): string => {
  if (kind !== 'anthropic' || !URL.canParse(written)) return written
  return new URL(written).pathname === '/' ? `${written.replace(/\/$/, '')}/v1` : written
}

/** A sentence about `providers.NAME.base_url`, null where it looks right. It never quotes the address. */
export const baseUrlAdvice = (
  name: string,
  { kind, preset, base_url }: Pick<ProviderConfig, 'kind' | 'preset' | 'base_url'>,
): string | null => {
  if (base_url === undefined || !URL.canParse(base_url)) return null
  const path = new URL(base_url).pathname.replace(/\/$/, '')
  const key = `providers.${name}.base_url`
  const operation = OPERATIONS.exec(path)
  if (operation) return `${key} ends in ${operation[0]}, which is added to it: leave that out.`
  if (kind === 'openai' && path === '' && presetNameOf(preset, base_url) !== 'azure') {
    return `${key} has no path: most servers of this kind answer under /v1.`
  }
  if (kind === 'anthropic' && path !== '' && !/\/v\d+$/.test(path)) {
    return `${key} does not end in /v1: messages go to ${path}/messages there; most servers of this kind answer under ${path}/v1/messages.`
  }
  return null
}
