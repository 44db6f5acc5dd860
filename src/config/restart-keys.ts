// Keys that only a restart changes, because something that outlives a configuration is built from them: the socket, the
// encoder's processes, the database, the lock on the keys, the way to the collector of traces. Everything else takes effect with a reload.
import type { Config } from './config-schema.ts'
import { diffConfigs } from './diff-configs.ts'
import { describeConfig, type LoadedConfig, writtenConfig } from './load-config.ts'

/** A path stands for all that is under it. */
export const RESTART_KEYS: readonly (readonly string[])[] = [
  ['server', 'host'],
  ['server', 'port'],
  ['server', 'headers_timeout_ms'],
  ['server', 'request_timeout_ms'],
  ['encoder'],
  ['index', 'neighbours'],
  ['storage'],
  ['keys', 'required'],
  ['telemetry', 'otel'],
  ['training_data'],
]

const startsWith = (keys: readonly string[], prefix: readonly string[]): boolean =>
  prefix.every((key, i) => keys[i] === key)

/** Paths of the keys in which two configurations differ and which need a restart. */
export const restartRequired = (running: Config, wanted: Config): string[] =>
  diffConfigs(running, wanted)
    .filter(({ keys }) => RESTART_KEYS.some((prefix) => startsWith(keys, prefix)))
    .map(({ path }) => path)

/** `wanted`, with what only a restart changes as it is now. */
const pinned = (wanted: Config, running: Config): Config => ({
  ...wanted,
  server: {
    ...wanted.server,
    host: running.server.host,
    port: running.server.port,
    headers_timeout_ms: running.server.headers_timeout_ms,
    request_timeout_ms: running.server.request_timeout_ms,
  },
  encoder: running.encoder,
  index: { ...wanted.index, neighbours: running.index.neighbours },
  storage: running.storage,
  keys: { ...wanted.keys, required: running.keys.required },
  telemetry: { ...wanted.telemetry, otel: running.telemetry.otel },
  training_data: running.training_data,
})

/**
 * What a process that was started with `running` serves where `wanted` is asked for. Its version is of its own where a
 * key waits for a restart: decisions name what they were made with, not what the file says.
 */
export const asServed = (wanted: LoadedConfig, running: LoadedConfig): LoadedConfig => {
  if (restartRequired(running.config, wanted.config).length === 0) return wanted
  const config = pinned(wanted.config, running.config)
  // HOST and PORT of the environment are in both configurations and in neither text.
  const { host, port } = writtenConfig(running).server
  const written = { ...config, server: { ...config.server, host, port } }
  return { ...wanted, ...describeConfig(written), config, written }
}
