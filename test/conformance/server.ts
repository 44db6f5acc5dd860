// The whole service on a socket, as a client meets it: real encoder, real index (21 exemplars),
// real database. Only the logger is replaced, by one whose lines a test can await.
import { EventEmitter, on, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import OpenAI from 'openai'
import { dataPaths } from '../../src/config/data-paths.ts'
import { checkConfig } from '../../src/config/load-config.ts'
import type { Logger } from '../../src/core/logger.ts'
import { createService } from '../../src/service/service.ts'
import { copySharedData } from '../support/shared-data.ts'
import { exampleRoute, exampleTraining, writeTraining } from '../support/training-folder.ts'

export interface LogLine {
  facts: Record<string, unknown>
  message: string
}

export interface ConformanceServer {
  baseURL: string
  /** An official client; it retries nothing unless told to. */
  client: OpenAI
  /** The first line that `matches`, of those written already or to come. */
  logged(matches: (line: LogLine) => boolean): Promise<LogLine>
  close(): Promise<void>
}

/** The caller's key: the router must not hand it on. */
export const CALLER_KEY = 'sk-caller-0000000000000000'

const createRecordingLogger = () => {
  const lines: LogLine[] = []
  const emitter = new EventEmitter()
  const write = (facts: Record<string, unknown>, message: string): void => {
    lines.push({ facts, message })
    emitter.emit('line', { facts, message })
  }
  const logger: Logger = { debug: write, info: write, warn: write, error: write }
  const logged: ConformanceServer['logged'] = async (matches) => {
    const known = lines.find(matches)
    if (known) return known
    for await (const [line] of on(emitter, 'line')) if (matches(line as LogLine)) return line
    throw new Error('the log ended')
  }
  return { logger, logged }
}

/** Entries of `providers` and `models` beside the first provider and its two. */
export interface MoreProviders {
  providers?: Record<string, Record<string, string>>
  models?: Record<string, { provider: string; name: string }>
  resilience?: Record<string, number>
}

/** Three trained routes and `general`; `small` serves all but what prompts about code are routed to: `large`. */
const configFor = (provider: Record<string, string>, trainingData: string, more: MoreProviders) =>
  checkConfig(
    {
      // A crowded machine must not make decisions `degraded` here: deadlines have tests of their own.
      encoder: { deadline_ms: 20_000 },
      resilience: more.resilience ?? {},
      providers: { upstream: provider, ...more.providers },
      models: {
        small: { provider: 'upstream', name: 'small-upstream' },
        large: {
          provider: 'upstream',
          name: 'large-upstream',
          input_usd_per_million: 2,
          output_usd_per_million: 8,
        },
        ...more.models,
      },
      routes: Object.fromEntries(
        ['code', 'math', 'writing', 'general'].map((route) => [
          route,
          { models: [route === exampleRoute('code') ? 'large' : 'small'] },
        ]),
      ),
      default_route: 'general',
      training_data: trainingData,
    },
    'The configuration of the conformance tests',
  )

/** Starts a service that is ready to route. `provider` is an entry of `providers`, `env` holds its key. */
export const startServer = async (
  provider: Record<string, string>,
  env: NodeJS.ProcessEnv = {},
  more: MoreProviders = {},
): Promise<ConformanceServer> => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-conformance-'))
  const trainingData = await writeTraining(join(folder, 'training'), exampleTraining())
  const config = configFor(provider, trainingData, more)
  await copySharedData({ config: {}, training: exampleTraining() }, join(folder, 'data'))
  const { logger, logged } = createRecordingLogger()
  const service = await createService({
    loaded: { config, version: 'conformance', text: '', path: null },
    paths: dataPaths(config, { env: { SIGNALBOX_DATA: join(folder, 'data') }, cwd: folder }),
    env,
    logger,
  })
  await service.ready
  const server = serve({
    fetch: service.app.fetch,
    hostname: '127.0.0.1',
    port: 0,
  }) as Server
  await once(server, 'listening')
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  return {
    baseURL,
    client: new OpenAI({ baseURL, apiKey: CALLER_KEY, maxRetries: 0 }),
    logged,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
      await service.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
