// The process edge: environment, configuration, listening, signals, exit codes.
import { once } from 'node:events'
import type { Server } from 'node:http'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { serve } from '@hono/node-server'
import { ADMIN_KEY_VARIABLE } from './access/first-admin.ts'
import type { Config } from './config/config-schema.ts'
import { type DataPaths, dataPaths } from './config/data-paths.ts'
import { describeDefaults } from './config/default-config.ts'
import { configFilePath, loadConfig } from './config/load-config.ts'
import { watchFile } from './config/watch-file.ts'
import { visible } from './core/visible.ts'
import { beginEncoder } from './service/begin-encoder.ts'
import { endOnSignal } from './service/end-on-signal.ts'
import { failureText } from './service/failure-text.ts'
import { limitHeapGrowth } from './service/heap-growth.ts'
import { providerSecrets } from './service/provider-secrets.ts'
import type { Service } from './service/service.ts'
import { createLogFile, type LogFile } from './telemetry/log-file.ts'
import { createLogger, type Logger } from './telemetry/logger.ts'
import { createLoopWatch, TICK_MS } from './telemetry/loop-watch.ts'
import { createRedact, type Redact } from './telemetry/redact.ts'

const listen = async (service: Service): Promise<Server> => {
  const { server: options } = service.config
  const server = serve({
    fetch: service.app.fetch,
    hostname: options.host,
    port: options.port,
    serverOptions: {
      headersTimeout: options.headers_timeout_ms,
      requestTimeout: options.request_timeout_ms,
      connectionsCheckingInterval: 1_000,
    },
  }) as Server
  await once(server, 'listening')
  return server
}

/** Refuses new work, lets running answers finish for as long as the configuration says, and flushes. */
const drain = async (service: Service, server: Server): Promise<void> => {
  service.drain()
  server.close()
  server.closeIdleConnections()
  const timer = setTimeout(
    () => server.closeAllConnections(),
    service.config.server.drain_timeout_ms,
  )
  await once(server, 'close')
  clearTimeout(timer)
  await service.close()
}

/** Those who rotate logs themselves say SIGHUP when they have moved the file. */
const openLogFile = ({ telemetry }: Config, paths: DataPaths): LogFile | null => {
  if (telemetry.log_file === undefined) return null
  const path = resolve(paths.data, telemetry.log_file)
  const file = createLogFile({
    path,
    maxBytes: telemetry.log_file_mb * 1_000_000,
    onProblem: (error) => {
      const problem = visible(failureText(error))
      process.stderr.write(
        `warning: the log goes on without its file ${visible(path)}: ${problem}\n`,
      )
    },
  })
  process.on('SIGHUP', file.reopen)
  process.on('exit', file.flush)
  return file
}

/** The configuration is read again on SIGHUP and whenever its file changes. */
const reloadOnChange = (service: Service, env: NodeJS.ProcessEnv): void => {
  process.on('SIGHUP', () => void service.reload('signal'))
  watchFile({ path: configFilePath({ env }), onChange: () => service.reload('file') })
}

/** A logger that follows the configuration: its level, and the provider keys that no line may hold. */
const createFollowingLogger = (
  loaded: Config,
  { env, file }: { env: NodeJS.ProcessEnv; file: LogFile | null },
) => {
  const adminKey = env[ADMIN_KEY_VARIABLE]
  const secrets = new Set(adminKey ? [adminKey] : [])
  let redact: Redact = createRedact()
  const logger = createLogger({
    level: loaded.telemetry.log_level,
    redact: (text) => redact(text),
    file,
  })
  const follow = (config: Config): void => {
    // Those of earlier configurations are still no one's business.
    for (const secret of providerSecrets(config, env)) secrets.add(secret)
    redact = createRedact(secrets)
    logger.level = config.telemetry.log_level
  }
  follow(loaded)
  return { logger, follow }
}

/** Any error that nobody caught: one line, what is queued is flushed, exit 1. */
const exitOnUncaught = (service: Service, logger: Logger): void => {
  const crash = (error: unknown): void => {
    logger.fatal({ err: error }, 'uncaught error')
    setTimeout(() => process.exit(1), 2_000).unref()
    void service.close().finally(() => process.exit(1))
  }
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
}

/** Serves until a signal. Exits 1 with one clear line where the configuration, a port or the data folder is wrong. */
export const main = async (env: NodeJS.ProcessEnv): Promise<void> => {
  try {
    const loaded = loadConfig({ env })
    const paths = dataPaths(loaded.config, { env, cwd: process.cwd() })
    const file = openLogFile(loaded.config, paths)
    const { logger, follow } = createFollowingLogger(loaded.config, { env, file })
    if (loaded.path === null) for (const line of describeDefaults(env)) logger.info(line)
    const encoder = beginEncoder({ config: loaded.config, logger })
    // Most of the program is loaded while the encoder's process starts.
    const { createService } = await import('./service/service.ts')
    const loop = createLoopWatch({ now: () => performance.now(), logger })
    const wiring = { loaded, paths, env, logger, loop, encoder, onConfig: follow }
    const service = await createService(wiring)
    exitOnUncaught(service, logger)
    reloadOnChange(service, env)
    const server = await listen(service)
    setInterval(loop.tick, TICK_MS).unref()
    const isEnding = endOnSignal({ process, env, logger, drain: () => drain(service, server) })
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : loaded.config.server.port
    const url = `http://${loaded.config.server.host}:${port}`
    const pages = loaded.config.dashboard.enabled ? { dashboard: `${url}/dashboard` } : {}
    logger.info({ url, ...pages, pid: process.pid }, 'listening')
    await service.ready.catch((error: unknown) => {
      if (!isEnding()) throw error
    })
    if (isEnding()) return
    limitHeapGrowth() // not before: loading the program would collect often what stays
    logger.info('ready')
  } catch (error) {
    process.stderr.write(`error: ${failureText(error).split('\n').map(visible).join('\n')}\n`)
    process.exit(1)
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(process.env)
}
