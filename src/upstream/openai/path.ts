// Where a chat completion is posted to. Azure puts the deployment's name into the path, so that name is held to an
// allow-list: `#`, `?`, `/`, `@` or a line break in it would lead elsewhere.

import type { Preset } from '../presets/presets.ts'
import { checkPathPart } from '../provider/path-part.ts'

/** The latest generally available one (2024-10-21); newer features need another in the configuration. */
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
