// The public library: the router inside another Node program, without HTTP, upstream calls or a database.

import { hash } from 'node:crypto'
import { dataPaths } from './config/data-paths.ts'
import type { Environment } from './config/environment.ts'
import { type LoadedConfig, loadConfig } from './config/load-config.ts'
import type { Logger } from './core/logger.ts'
import { silentLogger } from './core/logger.ts'
import type { PromptMessage } from './core/prompt/prompt.ts'
import type { Decision, Exemplar } from './core/types.ts'
import { createPipeline } from './pipeline.ts'
import { newId } from './service/new-id.ts'
import { createRoutingEngine } from './service/routing-engine.ts'

export type { Config } from './config/config-schema.ts'
export type { PromptMessage } from './core/prompt/prompt.ts'
export type { Decision, Exemplar, Neighbour, Reason, RouteScore } from './core/types.ts'
export { ERROR_CATALOGUE, type ErrorCode, RouterError } from './errors.ts'

export interface RouterOptions {
  /** Default: what `loadConfig` finds for `env` and `cwd`. */
  loaded?: LoadedConfig
  env?: Environment
  cwd?: string
  logger?: Logger
}

export interface Router {
  /** Routes one prompt or a conversation. Never rejects for want of an encoder: see `degradedBy`. */
  route(prompt: string | PromptMessage[], options?: { signal?: AbortSignal }): Promise<Decision>
  /** Texts of exemplars that a decision names. */
  exemplars(ids: readonly string[]): Map<string, Exemplar>
  close(): Promise<void>
}

/**
 * Starts encoder and index (built from the training data where there is none) and resolves when they are ready.
 * @throws RouterError `invalid_config`, `model_files_invalid`, `invalid_exemplar`, `index_unavailable`
 */
export const createRouter = async (options: RouterOptions = {}): Promise<Router> => {
  const { env = process.env, cwd = process.cwd(), logger = silentLogger } = options
  const loaded = options.loaded ?? loadConfig({ env, cwd })
  const { config } = loaded
  const paths = dataPaths(config, { env, cwd })
  const engine = createRoutingEngine({ config, paths, logger, store: null })
  try {
    await engine.ready
  } catch (error) {
    await engine.close()
    throw error
  }
  const pipeline = createPipeline({
    config,
    configVersion: loaded.version,
    classify: engine.classify,
    callUpstream: () => Promise.reject(new Error('The library makes no upstream calls.')),
    store: { recordDecision: () => {} },
    recordCompletion: () => {},
    onDecision: () => {},
    digest: (text) => hash('sha256', text, 'hex'),
    newId,
    now: Date.now,
  })
  return {
    route: (prompt, { signal = new AbortController().signal } = {}) =>
      pipeline.route({
        requestId: newId(),
        model: 'auto',
        messages: typeof prompt === 'string' ? [{ role: 'user', content: prompt }] : prompt,
        sessionId: null,
        signal,
      }),
    exemplars: engine.exemplars,
    close: engine.close,
  }
}
