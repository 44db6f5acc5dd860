// The path of a chat completion. Azure's path contains the deployment's name, which is checked by an allow-list: `#`, `?`, `/`, `@` or
// a line break in it would change the address.

import type { Preset } from '../presets/presets.ts'
import { checkPathPart } from '../provider/path-part.ts'

/** The latest generally available version; newer features need another in the configuration. */
const AZURE_API_VERSION = '2024-10-21'

export interface ChatPathOptions {
  provider: string
  preset: Preset
  baseUrl: string
  apiVersion?: string
}

/** Model's name at the provider → path below the base URL. @throws RouterError `invalid_config` naming the model. */
export const createChatPath = (options: ChatPathOptions): ((upstreamName: string) => string) => {
  const { provider, preset, baseUrl, apiVersion = AZURE_API_VERSION } = options
  // Azure's newer address, …/openai/v1, is OpenAI's own form.
  if (preset.path === 'plain' || /\/v\d+$/.test(baseUrl)) return () => '/chat/completions'
  const prefix = baseUrl.endsWith('/openai') ? '' : '/openai'
  return (upstreamName) => {
    const deployment = checkPathPart(provider, upstreamName)
    return `${prefix}/deployments/${deployment}/chat/completions?api-version=${apiVersion}`
  }
}
