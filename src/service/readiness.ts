// The checks of /readyz: whether prompts are served, and problems that do not prevent it.
import type { Reloader } from '../config/reloader.ts'
import type { Readiness } from '../http/request/deps.ts'
import type { Resilience } from '../upstream/resilience/resilience.ts'
import type { OpenedData } from './open-data.ts'
import type { RouteWatch } from './route-watch.ts'
import type { RoutingEngine } from './routing-engine.ts'

// Failing providers do not make the server unready: another replica could not serve any better.
const upstreamCheck = (resilience: Resilience) => {
  const resting = resilience.health().targets.filter(({ waitMs }) => waitMs > 0)
  const names = resting.map(({ model, breaker }) => `${model} (breaker ${breaker})`)
  return { ok: true, detail: names.length > 0 ? `resting: ${names.join(', ')}` : 'all callable' }
}

/** Faults that no retry fixes: a refused key, a model or path that the provider does not know. */
const providersCheck = ({ health, models }: Resilience) => {
  const refused = health().providers.filter(({ isKeyRejected }) => isKeyRejected)
  const keys = refused.map(({ provider }) => `${provider} refuses its key`)
  const faults = [...keys, ...models.faults()]
  return { ok: faults.length === 0, detail: faults.join('; ') || 'no faults of configuration' }
}

/** A refused configuration file does not make the server unready either: the previous configuration serves on. */
const configCheck = (reloader: Reloader) => {
  const { serving, restartRequired, lastError } = reloader.state()
  const waiting = restartRequired.length > 0 ? `, a restart waits for ${restartRequired}` : ''
  const problem = lastError ? `; the file was refused: ${lastError.message}` : ''
  return { ok: true, detail: `version ${serving.version}${waiting}${problem}` }
}

interface ReadinessParts extends Pick<OpenedData, 'store' | 'access' | 'losses'> {
  engine: RoutingEngine
  resilience: Resilience
  reloader: Reloader
  routes: RouteWatch
}

/**
 * These degrade but do not make unready: a lost database, unless it held all the keys; a disagreement of index and configuration
 * about the routes; faults in the configuration of providers.
 */
export const readiness = (parts: ReadinessParts): Readiness => {
  const { engine, store, access, losses, resilience, reloader, routes } = parts
  const { lastError } = store.stats()
  const needed = {
    ...engine.checks(),
    store: { ok: lastError === null, detail: lastError ?? 'writable' },
    upstreams: upstreamCheck(resilience),
    config: configCheck(reloader),
  }
  const loss = losses.loss()
  const database = { ok: loss === null, detail: loss?.message ?? 'complete' }
  const isShut = loss?.hadKeys === true && access.isLockedOut()
  return {
    isReady: !isShut && Object.values(needed).every(({ ok }) => ok),
    checks: {
      ...needed,
      database,
      routes: routes.check(),
      providers: providersCheck(resilience),
    },
  }
}
