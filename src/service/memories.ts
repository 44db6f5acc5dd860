// What is remembered of conversations, which survives a reload: follow-ups keep their route, and tool loops their model.
import { isDeepStrictEqual } from 'node:util'
import type { LoadedConfig } from '../config/load-config.ts'
import { createModelMemory, type ModelMemory } from '../routing/model-memory.ts'
import { createSessionMemory, type SessionMemory } from '../routing/session-memory.ts'
import { digest, preciseNow } from './clock-and-digest.ts'

export interface Memories {
  readonly sessions: SessionMemory
  readonly models: ModelMemory
}

/** Those of the serving configuration where the settings are the same, else new ones that hold what those held. */
export const memoriesFor = (
  { config: { conversation: config } }: LoadedConfig,
  previous: (Memories & { readonly loaded: LoadedConfig }) | null,
): Memories => {
  const isSame = isDeepStrictEqual(previous?.loaded.config.conversation, config)
  if (previous && isSame) return { sessions: previous.sessions, models: previous.models }
  const now = preciseNow
  return {
    sessions: createSessionMemory({ config, digest, now, previous: previous?.sessions ?? null }),
    models: createModelMemory({ config, now, previous: previous?.models ?? null }),
  }
}
