// What would keep a server from starting by a configuration that is valid in itself: keys of providers, addresses, the
// encoder's files, who may come in, the data folder, the training data. For `config check`; changes nothing.
import { existsSync } from 'node:fs'
import { access, constants, opendir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { createAccess } from '../access/access.ts'
import type { Config } from '../config/config-schema.ts'
import type { DataPaths } from '../config/data-paths.ts'
import { silentLogger } from '../core/logger.ts'
import { verifyModelFiles } from '../encoder/model-files.ts'
import { RouterError } from '../errors.ts'
import { findDataLockHolder } from '../store/data-lock.ts'
import { openReadOnly } from '../store/sqlite/read-only.ts'
import type { Store } from '../store/store.ts'
import { loadExemplars, loadHeldOut } from '../training/exemplars/exemplars.ts'
import { findLeftOut, noExemplars } from '../training/exemplars/left-out.ts'
import { createUpstreams } from '../upstream/registry/registry.ts'

export interface StartCheck {
  config: Config
  paths: DataPaths
  env: NodeJS.ProcessEnv
  /** Whether an index serves already: the training data is then read by the next rebuild only. */
  hasIndex: boolean
}

/** Each provider by itself, so that all that is wrong is said at once. */
const checkProviders = ({ config, env }: StartCheck) =>
  Object.entries(config.providers).map(([name, provider]) => async () => {
    const own = Object.entries(config.models).filter(([, model]) => model.provider === name)
    const { resilience, limits } = config
    const models = Object.fromEntries(own)
    const providers = { [name]: provider }
    createUpstreams({ providers, models, env, resilience, limits, logger: silentLogger })
  })

const checkModel = async ({ config }: StartCheck): Promise<void> => {
  try {
    await verifyModelFiles(config.encoder)
  } catch (error) {
    // The built-in model is built by the start.
    if (!(error instanceof RouterError) || error.details.isBuiltIn !== true) throw error
  }
}

const checkDataFolder = async ({ paths }: StartCheck): Promise<void> => {
  let folder = paths.data
  while (!existsSync(folder) && folder !== dirname(folder)) folder = dirname(folder)
  // Distinguishes a file in its place from a folder that may not be written to.
  await (await opendir(folder)).close()
  await access(folder, constants.W_OK | constants.X_OK)
}

/** Null where there is no database yet, or one that the start brings to this program's schema first. */
const openKeys = async ({ paths }: StartCheck): Promise<Store | null> => {
  if (!existsSync(paths.database)) return null
  return openReadOnly(paths.database).catch((error: unknown) => {
    if (error instanceof RouterError && error.details.reason === 'older_schema') return null
    throw error
  })
}

/** Who may come in: an address for everyone needs an admin key. */
export const checkCallers = async (check: StartCheck): Promise<void> => {
  const { config, paths } = check
  const stored = await openKeys(check)
  const store = {
    createKey: async () => {},
    revokeKey: async () => false,
    writeKeyUsage: async () => {},
    listKeys: async () => (await stored?.listKeys()) ?? [],
    readKeyUsage: async () => [],
  }
  try {
    const opened = await createAccess({ config, store, dataDir: paths.data, logger: silentLogger })
    await opened.close()
  } finally {
    await stored?.close()
  }
}

/** A server of this data folder that runs holds the port by right. */
const checkAddress = ({ config, paths }: StartCheck): Promise<void> => {
  const { host, port } = config.server
  const isRunning = findDataLockHolder(paths.data) !== null
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(isRunning ? 0 : port, host, () => server.close(() => resolve()))
  })
}

export const checkTraining = async ({ config, paths, hasIndex }: StartCheck): Promise<void> => {
  const routes = Object.keys(config.routes)
  const exemplars = await loadExemplars(paths.trainingData, routes)
  await loadHeldOut(paths.trainingData, routes)
  if (exemplars.length > 0 || hasIndex) return
  throw noExemplars(paths.trainingData, await findLeftOut(paths.trainingData, routes))
}

/** All errors that a start would end with, in the order in which it would meet them. */
export const findStartProblems = async (check: StartCheck): Promise<unknown[]> => {
  const checks = [
    async () => {
      await checkDataFolder(check)
      await checkCallers(check)
    },
    ...checkProviders(check),
    () => checkAddress(check),
    () => checkModel(check),
    () => checkTraining(check),
  ]
  const problems: unknown[] = []
  for (const run of checks) {
    await run().catch((error: unknown) => problems.push(error))
  }
  return problems
}
