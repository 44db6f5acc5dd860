// Whether new work is taken at all, asked before anything of it is read; health, readiness and metrics are not asked.
import type { Middleware } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { refuseWhileDraining } from './draining.ts'
import { shedWhileStopped } from './loop.ts'

/** @throws RouterError `shutting_down`, `overloaded` */
export const admit = (deps: Pick<HttpDeps, 'isDraining' | 'loop'>): Middleware =>
  function admit(_c, next) {
    refuseWhileDraining(deps)
    shedWhileStopped(deps)
    return next()
  }
