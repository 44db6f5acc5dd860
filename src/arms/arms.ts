// The arms of a server: chooses the deciding generation, runs the shadow, and watches the canary. Survives a reload of the configuration.
import type { Config } from '../config/config-schema.ts'
import type { Logger } from '../core/logger.ts'
import type { Decision } from '../core/types.ts'
import type { Store } from '../store/store.ts'
import { endArm, startCanary, startShadow } from '../vector-index/arms.ts'
import type { Generation } from '../vector-index/generation.ts'
import type { ArmsStatus } from '../vector-index/live-arms.ts'
import { type CanaryWatch, createCanaryWatch } from './canary-watch.ts'
import { type ArmSource, type ChosenArm, chooseArm } from './choose-arm.ts'
import type { DecidedUnder } from './decide-in-shadow.ts'
import { type DescribedArms, describeArms } from './describe-arms.ts'
import { createShadow } from './shadow.ts'

export interface ArmsEngine extends ArmSource {
  shadow(): Generation | null
  armsStatus(): ArmsStatus | null
  /** Checks the index folder now. */
  reload(): Promise<void>
}

export interface ArmsOptions {
  dir: string
  engine: ArmsEngine
  store: Pick<Store, 'addShadowDecisions' | 'listArmVotes' | 'shadowSummary'>
  /** The serving configuration. */
  config: () => Config
  logger: Logger
  now?: () => number
}

/** Operations on the arms; each resolves to their state afterwards. */
export interface ArmsAdmin {
  describe(): Promise<DescribedArms>
  /** @throws RouterError `not_found`, `invalid_request`, `index_invalid` */
  startShadow(start: { generation: number; author: string }): Promise<DescribedArms>
  /** @throws RouterError `not_found`, `invalid_request`, `index_invalid` */
  startCanary(start: { generation: number; share: number; author: string }): Promise<DescribedArms>
  /** @throws RouterError `not_found` where there is no such arm */
  end(name: 'shadow' | 'canary', end: { author: string; reason: string }): Promise<DescribedArms>
}

export interface ArmsService {
  /** @param key of the conversation; only called where there is a canary */
  choose(key: () => string): ChosenArm
  /** Gives an answered decision to the shadow. Never throws or waits. */
  offer(decision: Decision, config: DecidedUnder): void
  readonly admin: ArmsAdmin
  readonly watch: CanaryWatch
  start(): void
  /** Writes the shadow's decisions; call it before the store is closed. */
  close(): Promise<void>
}

const createAdmin = (options: ArmsOptions): ArmsAdmin => {
  const { dir, engine, store, now = Date.now } = options
  const describe = (): Promise<DescribedArms> => {
    const status = engine.armsStatus()
    const problems = {
      shadow: status?.shadow?.problem ?? null,
      canary: status?.canary?.problem ?? null,
    }
    return describeArms({ dir, store, settings: options.config().training.canary, problems })
  }
  const afterwards = async (): Promise<DescribedArms> => {
    await engine.reload()
    return describe()
  }
  return {
    describe,
    startShadow: async (start) => {
      await startShadow(dir, { ...start, nowMs: now() })
      return afterwards()
    },
    startCanary: async (start) => {
      await startCanary(dir, { ...start, nowMs: now() })
      return afterwards()
    },
    end: async (name, end) => {
      await endArm(dir, name, { ...end, nowMs: now() })
      return afterwards()
    },
  }
}

export const createArms = (options: ArmsOptions): ArmsService => {
  const { dir, engine, store, config, logger, now = Date.now } = options
  const shadow = createShadow({ generation: engine.shadow, store, logger, now })
  const settings = () => config().training.canary
  const watch = createCanaryWatch({ dir, store, settings, logger, now })
  return {
    choose: (key) => chooseArm(engine, key),
    offer: shadow.offer,
    admin: createAdmin(options),
    watch,
    start: watch.start,
    close: async () => {
      await watch.close()
      await shadow.close()
    },
  }
}
