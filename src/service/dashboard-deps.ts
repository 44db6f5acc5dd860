// What the dashboard is given beside what http/ is given: engines as plain values, and the training data to be edited.
import type { LoadedConfig } from '../config/load-config.ts'
import type { DashboardDeps } from '../dashboard/request/deps.ts'
import type { HttpDeps } from '../http/request/deps.ts'
import type { Resilience } from '../upstream/resilience/resilience.ts'
import type { Parts } from './parts.ts'

type Given = Pick<
  Parts,
  'activity' | 'deskMap' | 'edits' | 'engine' | 'lint' | 'sessions' | 'store' | 'trials'
> & {
  resilience: Resilience
  loaded: LoadedConfig
}

const modelHealth = (resilience: Resilience): ReturnType<DashboardDeps['modelHealth']> =>
  resilience.health().targets.map((target) => {
    const { firstTokenMs, tokensPerSecond } = resilience.targetHealth(target.model).pace()
    return { ...target, firstTokenMs, tokensPerSecond }
  })

export const toDashboardDeps = (deps: HttpDeps, parts: Given): DashboardDeps => ({
  ...deps,
  store: parts.store,
  sessions: parts.sessions,
  activity: parts.activity,
  tryOut: parts.trials(parts.loaded),
  map: parts.deskMap.map,
  live: parts.engine.generation,
  modelHealth: () => modelHealth(parts.resilience),
  edits: parts.edits,
  lint: parts.lint,
})
