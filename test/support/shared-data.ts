// The index that a first start builds, made once for each training set and copied into every test's own data folder. The real
// server makes it, so that it is what a first start leaves; it is kept in node_modules/.cache under a digest of all that it
// follows from: the compiled code, the exemplars and the settings.
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { stringify } from 'yaml'
import { BUILT_DATA_DIR } from './build.ts'
import { startHere } from './server-here.ts'
import { exampleConfig, writeTraining } from './training-folder.ts'

export interface DataSource {
  /** The top level of signalbox.yaml as far as it differs from the example's. */
  config: object
  /** Files of training-data/. */
  training: Record<string, string | object[]>
}

interface BuildSettings {
  routes?: Record<string, { description?: string }>
  default_route?: string
  index?: object
  training?: object
}

/** What of a configuration an index follows from. Who serves a route is none of it. */
const configFor = (config: BuildSettings): object => {
  const { providers, models, routes, default_route } = exampleConfig()
  const { index, training } = config
  const named = Object.entries(config.routes ?? routes).map(([route, { description }]) => [
    route,
    { models: ['small'], ...(description && { description }) },
  ])
  return {
    server: { port: 0 },
    providers,
    models,
    routes: Object.fromEntries(named),
    default_route: config.default_route ?? default_route,
    ...(index && { index }),
    ...(training && { training }),
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Starts a server in a folder of its own until its index serves, and stops it. */
const build = async (config: string, { training }: DataSource, into: string): Promise<void> => {
  const dir = await mkdtemp(join(tmpdir(), 'signalbox-shared-'))
  try {
    await writeFile(join(dir, 'signalbox.yaml'), config)
    await writeTraining(join(dir, 'training-data'), training)
    const env = { ...process.env, SIGNALBOX_DATA: join(dir, 'data'), SIGNALBOX_CONFIG: '' }
    const server = await startHere(dir, env, () => {})
    await server.service.ready.finally(() => server.close())
    for (const name of ['index', 'cache']) {
      await cp(join(dir, 'data', name), join(into, name), { recursive: true })
    }
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

const copied = (from: string, to: string): Promise<boolean> =>
  cp(from, to, { recursive: true }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false
      throw error
    },
  )

/** Fills the new folder `dataDir` with the index of `source` and its cache of embeddings, and with nothing else. */
export const copySharedData = async (source: DataSource, dataDir: string): Promise<void> => {
  const config = stringify(configFor(source.config))
  const digest = sha256(JSON.stringify([inject('buildDigest'), config, source.training]))
  const shared = join(BUILT_DATA_DIR, digest)
  if (await copied(shared, dataDir)) return
  await mkdir(BUILT_DATA_DIR, { recursive: true })
  const made = await mkdtemp(join(BUILT_DATA_DIR, 'new-'))
  await build(config, source, made)
  await cp(made, dataDir, { recursive: true })
  // Whole or not at all; another worker may have been first, with the same.
  await rename(made, shared).catch(() => rm(made, { recursive: true }))
}
