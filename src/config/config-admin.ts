// Administration of the configuration while the server runs: read, plan, replace, roll back, history. Used by /admin/config;
// `signalbox config` does the same on the file with the same functions.
import type { ConfigActivation, ConfigVersion } from '../core/records/config-version.ts'
import type { Store } from '../store/store.ts'
import { editSourceOffLoop } from './config-work.ts'
import { findVersion, versionBefore } from './edited-source.ts'
import type { LoadedConfig } from './load-config.ts'
import { type ConfigPlan, planConfig, type ReplayConfig } from './plan-config.ts'
import { type ConfigState, type Reloader, type Replacement, refuseStaleMatch } from './reloader.ts'

export interface ConfigWish extends Omit<Replacement, 'cause' | 'text'> {
  /** Only plans the change. */
  isDryRun: boolean
  /** False leaves out the replay, for a fast plan. */
  isReplayed: boolean
  signal?: AbortSignal
}

export interface ConfigOutcome {
  isApplied: boolean
  plan: ConfigPlan
  state: ConfigState
}

export interface ConfigAdmin {
  state(): ConfigState
  /** YAML → what it would be, applied to nothing. @throws RouterError `invalid_config` */
  check(yaml: string): Promise<LoadedConfig>
  /**
   * @param body YAML, which replaces the file as it is; or JSON, which is edited into the existing file, keeping its comments
   * @throws RouterError `config_changed`, `invalid_config`, `store_unavailable`
   */
  put(body: { yaml: string } | { json: string }, wish: ConfigWish): Promise<ConfigOutcome>
  /**
   * @param to the beginning of a hash; null: the previous configuration
   * @throws RouterError `not_found`, and what `put` throws
   */
  rollback(to: string | null, wish: ConfigWish): Promise<ConfigOutcome>
  /** The newest first. */
  activations(): Promise<ConfigActivation[]>
  /** @throws RouterError `not_found` */
  version(hash: string): Promise<ConfigVersion>
}

export interface ConfigAdminOptions {
  reloader: Reloader
  store: Pick<Store, 'listConfigVersions' | 'listConfigActivations'>
  replay: ReplayConfig
  /** Epoch milliseconds. */
  now: () => number
}

/** Plans a change, and applies it unless it is a dry run. */
const change = async (
  { reloader, replay, now }: ConfigAdminOptions,
  { text, cause }: Pick<Replacement, 'text' | 'cause'>,
  wish: ConfigWish,
): Promise<ConfigOutcome> => {
  const { isDryRun, isReplayed, signal, ...replacement } = wish
  const before = reloader.state()
  // Checked again under the lock; here it avoids a useless replay.
  refuseStaleMatch(replacement.ifMatch, before.wanted.version)
  const plan = await planConfig({
    from: before.wanted,
    to: await reloader.check(text, replacement),
    running: before.serving.config,
    replay: isReplayed ? replay : null,
    now: now(),
    ...(signal && { signal }),
  })
  if (isDryRun) return { isApplied: false, plan, state: reloader.state() }
  const state = await reloader.replace({ ...replacement, text, cause })
  return { isApplied: true, plan, state }
}

export const createConfigAdmin = (options: ConfigAdminOptions): ConfigAdmin => {
  const { reloader, store } = options
  return {
    state: reloader.state,
    // Nothing is called by it, so that no key goes anywhere.
    check: (yaml) => reloader.check(yaml, { confirmOrigin: true }),
    put: async (body, wish) => {
      const { wanted } = reloader.state()
      const text = 'yaml' in body ? body.yaml : await editSourceOffLoop(body.json, wanted)
      return change(options, { text, cause: 'api' }, wish)
    },
    rollback: async (to, wish) => {
      const { wanted, serving } = reloader.state()
      const target = to ?? versionBefore(await store.listConfigActivations(), serving.version)
      const version = findVersion(await store.listConfigVersions(), target)
      const text = await editSourceOffLoop(version.text, wanted)
      return change(options, { text, cause: 'rollback' }, wish)
    },
    activations: () => store.listConfigActivations(),
    version: async (hash) => findVersion(await store.listConfigVersions(), hash),
  }
}
