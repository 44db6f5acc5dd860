// Keys that need a restart, because parts that survive a reload are built from them: the socket, the encoder's processes, the database,
// the keys, the trace exporter, the log's file. All other keys take effect at a reload.
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
  ['telemetry', 'log_file'],
  ['telemetry', 'log_file_mb'],
  ['training_data'],
]

const startsWith = (keys: readonly string[], prefix: readonly string[]): boolean =>
  prefix.every((key, i) => keys[i] === key)

/** Paths of the keys in which two configurations differ and which need a restart. */
export const restartRequired = (running: Config, wanted: Config): string[] =>
  diffConfigs(running, wanted)
    .filter(({ keys }) => RESTART_KEYS.some((prefix) => startsWith(keys, prefix)))
    .map(({ path }) => path)

type Tree = Record<string, unknown>

/** `into`, with the value at the path `keys` taken from `from`; maps exist on the way in both. */
const withValueAt = (keys: readonly string[], into: Tree, from: Tree): Tree => {
  const [key = '', ...rest] = keys
  const value =
    rest.length === 0 ? from[key] : withValueAt(rest, into[key] as Tree, from[key] as Tree)
  return { ...into, [key]: value }
}

/** `wanted`, with the keys that need a restart as they are in `running`. */
const pinned = (wanted: Config, running: Config): Config =>
  RESTART_KEYS.reduce<Tree>((config, keys) => withValueAt(keys, config, running), wanted) as Config

/**
 * The configuration that a process started with `running` serves when the file says `wanted`. Where a key waits for a restart it has a
 * version of its own, because decisions name the configuration that made them.
 */
export const asServed = (wanted: LoadedConfig, running: LoadedConfig): LoadedConfig => {
  if (restartRequired(running.config, wanted.config).length === 0) return wanted
  const config = pinned(wanted.config, running.config)
  // HOST and PORT of the environment are in both configurations, but in neither text.
  const { host, port } = writtenConfig(running).server
  const written = { ...config, server: { ...config.server, host, port } }
  return { ...wanted, ...describeConfig(written), config, written }
}
