// What somebody who is asked for help needs to see, in one JSON file: findings, the configuration, versions, the history of
// the index, names of variables. No prompt, no vote, no key: it is redacted as a whole, whatever a part of it holds.
import { writeFile } from 'node:fs/promises'
import { availableParallelism, freemem, release, totalmem } from 'node:os'
import type { DataPaths } from '../../config/data-paths.ts'
import type { LoadedConfig } from '../../config/load-config.ts'
import { RouterError } from '../../errors.ts'
import { createRedact, type Redact } from '../../telemetry/redact.ts'
import { keyVariables } from '../../upstream/keys/provider-keys.ts'
import { listGenerations } from '../../vector-index/generation-store.ts'
import { readHistory } from '../../vector-index/history.ts'
import type { Finding } from './finding.ts'

type Env = Readonly<Record<string, string | undefined>>

const SECRET_NAME = /key|token|secret|pass|credential|auth/i
const SHOWN_NAME = /^(?:SIGNALBOX_|NODE_|OTEL_)|^(?:HOST|PORT|TZ|LANG)$|_proxy$/i
const HISTORY_EVENTS = 50

/** Masks the values of every variable that is or looks like a secret, and whatever has the form of a key. */
export const environmentRedact = (env: Env, loaded: LoadedConfig | null): Redact => {
  const configured = Object.values(loaded?.config.providers ?? {}).flatMap(keyVariables)
  const named = Object.keys(env).filter((name) => SECRET_NAME.test(name))
  return createRedact([...configured, ...named].flatMap((name) => env[name] ?? []))
}

/** The same value with everything in it redacted. */
export const redacted = <T>(value: T, redact: Redact): T =>
  JSON.parse(redact(JSON.stringify(value)))

/** Headers are for what is no secret, and people put keys there all the same. */
const withoutHeaders = ({ config }: LoadedConfig) => ({
  ...config,
  providers: Object.fromEntries(
    Object.entries(config.providers).map(([name, { extra_headers: headers, ...provider }]) => [
      name,
      { ...provider, ...(headers && { extra_headers: Object.keys(headers) }) },
    ]),
  ),
})

const describeIndex = async ({ index }: DataPaths) => {
  const events = await readHistory(index).catch(() => [])
  return {
    generations: await listGenerations(index).catch(() => []),
    history: events
      .slice(-HISTORY_EVENTS)
      .map(({ atMs, action, generation, forced }) => ({ atMs, action, generation, forced })),
  }
}

export interface BundleOptions {
  findings: readonly Finding[]
  loaded: LoadedConfig | null
  paths: DataPaths
  env: Env
  programVersion: string
  now: () => number
}

export const makeBundle = async (options: BundleOptions): Promise<object> => {
  const { findings, loaded, paths, env, programVersion, now } = options
  const bundle = {
    made_at: new Date(now()).toISOString(),
    program: programVersion,
    node: process.versions.node,
    system: {
      platform: `${process.platform} ${process.arch} ${release()}`,
      cores: availableParallelism(),
      memory_bytes: totalmem(),
      free_memory_bytes: freemem(),
    },
    findings,
    config_version: loaded?.version ?? null,
    config: loaded === null ? null : withoutHeaders(loaded),
    index: await describeIndex(paths),
    variables: Object.keys(env)
      .filter((name) => SHOWN_NAME.test(name))
      .sort(),
  }
  return redacted(bundle, environmentRedact(env, loaded))
}

/** For its owner only, and never over another file. @throws RouterError `invalid_request` */
export const writeBundle = async (file: string, bundle: object): Promise<void> => {
  try {
    await writeFile(file, `${JSON.stringify(bundle, null, 2)}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new RouterError('invalid_request', `${file} exists already; name another file.`, {
      param: 'bundle',
    })
  }
}
