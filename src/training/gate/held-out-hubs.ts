// Counts the nearest exemplars of held-out prompts, as a replay does: for the hub check where there is nothing to replay.
import type { HubCounts } from '../replay/tally.ts'
import type { HeldOutDecision } from './decide-held-out.ts'

const TWIN = 0.999

export const heldOutHubs = (decisions: readonly HeldOutDecision[]): HubCounts => {
  const counts = new Map<string, HubCounts['hubs'][number]>()
  let prompts = 0
  for (const { nearest } of decisions) {
    if (nearest === null) continue
    prompts++
    if (nearest.similarity >= TWIN) continue
    const { exemplarId, route } = nearest
    const hub = counts.get(exemplarId) ?? { exemplarId, route, prompts: 0 }
    counts.set(exemplarId, { ...hub, prompts: hub.prompts + 1 })
  }
  return { prompts, hubs: [...counts.values()] }
}
