// The whole service in process with a fake engine and a real store, on a configuration file of its own: for tests of what
// happens when that file, or what is put over HTTP, changes.
import { mkdirSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { dataPaths } from '../../src/config/data-paths.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import type { ReplayConfig } from '../../src/config/plan-config.ts'
import type { Logger } from '../../src/core/logger.ts'
import { createService, type Service } from '../../src/service/service.ts'
import { createFakeEngine } from './fake-engine.ts'
import { temporaryFolder } from './training-folder.ts'

export interface LogLine {
  level: string
  facts: Record<string, unknown>
  message: string
}

export interface ReloadingService {
  service: Service
  dir: string
  file: string
  lines: LogLine[]
  /** Writes signalbox.yaml: the base with these on the top level. */
  write(changes?: object): void
  read(): Promise<string>
  request(method: string, path: string, init?: RequestInit): Promise<Response>
  /** The route of a prompt, as `POST /v1/route` says it. */
  route(prompt: string): Promise<{ route: string; reason: string; threshold: number }>
}

export const base = {
  providers: { demo: { kind: 'echo' } },
  models: { small: { provider: 'demo', name: 'small-1' } },
  routes: {
    code: { models: ['small'], threshold: 0.5 },
    math: { models: ['small'], threshold: 0.5 },
    general: { models: ['small'] },
  },
  default_route: 'general',
}

export interface ReloadingOptions {
  env?: NodeJS.ProcessEnv
  /** Whole text of signalbox.yaml; null for none. */
  source?: string | null
  replay?: ReplayConfig
  onConfig?: (config: Service['config']) => void
}

export const startReloading = async (options: ReloadingOptions = {}): Promise<ReloadingService> => {
  const { env = {}, source = stringify(base), replay = async () => null, onConfig } = options
  const dir = await temporaryFolder()
  const file = join(dir, 'signalbox.yaml')
  if (source !== null) writeFileSync(file, source)
  mkdirSync(join(dir, 'training-data'))
  const lines: LogLine[] = []
  const at = (level: string) => (facts: Record<string, unknown>, message: string) =>
    void lines.push({ level, facts, message })
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  }
  const loaded = loadConfig({ env, cwd: dir })
  const service = await createService({
    loaded,
    paths: dataPaths(loaded.config, { env: { SIGNALBOX_DATA: join(dir, 'data') }, cwd: dir }),
    env,
    cwd: dir,
    logger,
    createEngine: createFakeEngine,
    replay,
    ...(onConfig && { onConfig }),
  })
  onTestFinished(() => service.close())
  const request: ReloadingService['request'] = async (method, path, init = {}) =>
    service.app.fetch(new Request(`http://127.0.0.1${path}`, { method, ...init }))
  return {
    service,
    dir,
    file,
    lines,
    write: (changes = {}) => writeFileSync(file, stringify({ ...base, ...changes })),
    read: () => readFile(file, 'utf8'),
    request,
    route: async (prompt) => {
      const response = await request('POST', '/v1/route', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ prompt }),
      })
      return (await response.json()) as Awaited<ReturnType<ReloadingService['route']>>
    },
  }
}
