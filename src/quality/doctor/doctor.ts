// All checks side by side: each is by itself, none waits for another, and one that hangs or throws is a finding of its own.
import type { DataPaths } from '../../config/data-paths.ts'
import type { LoadedConfig } from '../../config/load-config.ts'
import type { Resolve } from '../../upstream/egress/agent.ts'
import { fileChecks } from './file-checks.ts'
import { type Check, type Finding, findingsOf } from './finding.ts'
import { machineChecks } from './machine-checks.ts'
import { resolveBySystem } from './network.ts'
import { providerChecks } from './provider-check.ts'
import { settingsChecks } from './settings-checks.ts'

export interface DoctorOptions {
  /** Null where the file is not valid, and `problem` says why. */
  loaded: LoadedConfig | null
  problem: string | null
  paths: DataPaths
  env: Readonly<Record<string, string | undefined>>
  /** Whether providers are connected to and called: one minimal call each. */
  isOnline: boolean
  now: () => number
  /** Name → addresses; the system's resolver by default. */
  resolve?: Resolve
  /** Authorities in place of those that the system knows, as PEM. */
  ca?: string[]
  /** Folder of the built-in models; the program's own by default. */
  models?: string
  /** For each link to a provider. */
  timeoutMs?: number
}

const LINK_TIMEOUT_MS = 8_000

const askedOffline = (): Finding[] => [
  findingsOf('provider').skipped('Not asked: --online makes one minimal call to each provider.'),
]

const providersOf = (options: DoctorOptions): Check[] => {
  const { loaded, env, isOnline, resolve = resolveBySystem, ca } = options
  if (loaded === null) return []
  if (!isOnline) return [{ name: 'provider', run: async () => askedOffline() }]
  const { config } = loaded
  return providerChecks({
    config,
    env,
    resolve,
    ca,
    timeoutMs: options.timeoutMs ?? LINK_TIMEOUT_MS,
  })
}

const runCheck = async ({ name, subject, run }: Check): Promise<Finding[]> => {
  try {
    return await run()
  } catch (error) {
    const message = error instanceof Error ? error.message : 'an unknown error'
    const cause = 'The check itself ended with an error.'
    const detail = message.slice(0, 300)
    const fix = 'See what the message names; a bundle (--bundle FILE) helps whoever is asked.'
    return [findingsOf(name, subject ?? null).failure({ detail, cause, fix })]
  }
}

/** In the order: settings, files, machine, providers. Changes nothing but for a probe file in the data folder. */
export const examine = async (options: DoctorOptions): Promise<Finding[]> => {
  const { loaded, paths, env, now } = options
  const config = loaded?.config ?? null
  const checks = [
    ...settingsChecks(options),
    ...fileChecks({ config, paths, env: { ...env }, models: options.models }),
    ...machineChecks({ config, paths, now }),
    ...providersOf(options),
  ]
  return (await Promise.all(checks.map(runCheck))).flat()
}
