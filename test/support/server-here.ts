// The server in this process, on a site's folder: the service of `main` behind a real port, with the real encoder and index.
// For tests of what it serves and logs; what the process itself does (signals, exit codes, a kill) needs the process. An
// encoder is started by the first server that needs it, and serves the later ones, too: of other files as well.
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { Config } from '../../src/config/config-schema.ts'
import { dataPaths } from '../../src/config/data-paths.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { type BegunEncoder, beginEncoder } from '../../src/service/begin-encoder.ts'
import { createService, type Service } from '../../src/service/service.ts'
import { createLogger } from '../../src/telemetry/logger.ts'

export interface ServerHere {
  service: Service
  url: string
  close(): Promise<void>
}

const listen = async ({ app, config }: Service): Promise<Server> => {
  const { host, port } = config.server
  const server = serve({ fetch: app.fetch, hostname: host, port }) as Server
  await once(server, 'listening')
  return server
}

/** By their settings, for as long as this process lives. */
const encoders = new Map<string, BegunEncoder>()

const sharedEncoder = (config: Pick<Config, 'encoder'>): BegunEncoder => {
  const settings = JSON.stringify(config.encoder)
  const known = encoders.get(settings)
  if (known) return known
  const { encoderId, warm } = beginEncoder({ config, logger: createLogger({ level: 'silent' }) })
  // A server closes its encoder when it stops; this one is needed again.
  const kept = warm.then((encoder) => ({ ...encoder, close: async () => {} }))
  kept.catch(() => encoders.delete(settings))
  const shared = { encoderId, warm: kept }
  encoders.set(settings, shared)
  return shared
}

/** @param onLine called with each line of the log */
export const startHere = async (
  dir: string,
  env: NodeJS.ProcessEnv,
  onLine: (line: string) => void,
): Promise<ServerHere> => {
  const loaded = loadConfig({ env, cwd: dir })
  const paths = dataPaths(loaded.config, { env, cwd: dir })
  const level = loaded.config.telemetry.log_level
  const logger = createLogger({ level, destination: { write: onLine } })
  const encoder = sharedEncoder(loaded.config)
  const service = await createService({ loaded, paths, env, cwd: dir, logger, encoder })
  const server = await listen(service)
  return {
    service,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      service.drain()
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
      await service.close()
    },
  }
}
