// The files that routing and the log stand on: the encoder's model, the serving generation, the database.
import type { Config } from '../../config/config-schema.ts'
import type { DataPaths } from '../../config/data-paths.ts'
import { verifyModelFiles } from '../../encoder/model-files.ts'
import { toRouterError } from '../../errors.ts'
import { checkIntegrity } from '../../store/sqlite/integrity.ts'
import { openReadOnly } from '../../store/sqlite/read-only.ts'
import { verifyGeneration } from '../../vector-index/generation-check.ts'
import { CODES } from '../../vector-index/generation-name.ts'
import { currentGeneration, listGenerations } from '../../vector-index/generation-store.ts'
import { checkCallers, checkTraining } from '../start-problems.ts'
import { type Check, type Finding, findingsOf } from './finding.ts'

export interface Files {
  /** Null where it is not valid. */
  config: Config | null
  paths: DataPaths
  env: NodeJS.ProcessEnv
  /** Folder of the built-in models; the program's own by default. */
  models?: string | undefined
}

const checkModel = async ({ config, models }: Files): Promise<Finding[]> => {
  const { ok, failure, skipped } = findingsOf('model files')
  if (config === null)
    return [skipped('The configuration is not valid, so the model is not known.')]
  try {
    const { encoderId, folder, isLocked } = await verifyModelFiles(config.encoder, models)
    const hashes = isLocked ? 'as models/lock.json has them' : 'of a model of your own'
    return [ok(`${encoderId} in ${folder}, hashes ${hashes}.`)]
  } catch (thrown) {
    const { message, details } = toRouterError(thrown)
    const [first = '', ...rest] = message.split(/(?<=\.) (?=Repair|Put)/)
    const cause =
      details.found === null
        ? 'The file was deleted or never built.'
        : 'The file was changed, cut short, or damaged on the disk.'
    return [failure({ detail: first, cause, fix: rest.join(' ') || 'Correct encoder.model.' })]
  }
}

const checkIndex = async ({ config, paths }: Files): Promise<Finding[]> => {
  const { ok, warning, failure } = findingsOf('index')
  try {
    const number = await currentGeneration(paths.index)
    if (number === null) return [ok('There is no index yet; the start builds one.')]
    const { recallAt10, search, exemplarCount, files } = await verifyGeneration(paths.index, number)
    const kind = files[CODES] ? 'codes' : search
    const how =
      kind === 'exact' ? 'exact search' : `recall ${recallAt10.toFixed(3)} by ${kind} search`
    const detail = `Generation ${number}: ${exemplarCount} exemplars, ${how}, hashes as in its manifest.`
    const least = config?.index.min_recall ?? 0
    if (kind === 'exact' || recallAt10 >= least) return [ok(detail)]
    const cause = `Its recall is below index.min_recall (${least}).`
    return [warning({ detail, cause, fix: 'Build another: signalbox rebuild' })]
  } catch (thrown) {
    const { message, details } = toRouterError(thrown)
    const others = (await listGenerations(paths.index)).filter((one) => one !== details.generation)
    const back = others.at(-1)
    const fix =
      back === undefined
        ? 'Build another: signalbox rebuild'
        : `Go back to another: signalbox rollback --to ${back} --reason "damaged index", or build one: signalbox rebuild`
    const cause = 'A file of the generation was changed, cut short, or damaged on the disk.'
    return [failure({ detail: message, cause, fix })]
  }
}

const DAMAGED_FIX =
  'Restore signalbox.db from a backup. Without one, start the server: it moves the file aside and begins another, without keys, votes and decisions.'

const checkDatabase = async ({ paths }: Files): Promise<Finding[]> => {
  const { ok, failure } = findingsOf('database')
  const { state, bytes, problem } = checkIntegrity(paths.database)
  if (state === 'absent') return [ok('There is no database yet; the start makes one.')]
  if (state === 'damaged') {
    const detail = `${paths.database} is damaged${problem ? ` (${problem})` : ''}.`
    const cause = 'The file was changed by another program, cut short, or damaged on the disk.'
    return [failure({ detail, cause, fix: DAMAGED_FIX })]
  }
  const store = await openReadOnly(paths.database)
  const keys = await store.listKeys().finally(() => store.close())
  const size = `${(bytes / 1024 ** 2).toFixed(1)} MiB`
  const looked = state === 'sound' ? 'pages sound' : 'too large to be read through'
  return [ok(`${paths.database}: ${size}, ${looked}, ${keys.length} keys.`)]
}

/** An older schema is no failure: the next start migrates it. */
const describeStoreFailure = (thrown: unknown): Finding => {
  const { ok, failure } = findingsOf('database')
  const { message, details } = toRouterError(thrown)
  if (details.reason === 'older_schema') {
    return ok('The database is of an older version of the program; the start brings it up to date.')
  }
  return failure({
    detail: message,
    cause:
      'It cannot be opened: rights, a lock that is held too long, or a newer program wrote it.',
    fix: 'Give this user the right to read the file and its folder, or run the version that wrote it.',
  })
}

/** What `config check` says of these two: who may come in, and what there is to train on. */
const checkStart = async ({ config, paths, env }: Files): Promise<Finding[]> => {
  if (config === null) return []
  const hasIndex = (await currentGeneration(paths.index).catch(() => null)) !== null
  const start = { config, paths, env, hasIndex }
  const say = (check: string, well: string, run: Promise<void>): Promise<Finding> => {
    const { ok, failure, skipped } = findingsOf(check)
    return run.then(
      () => ok(well),
      (thrown: unknown) => {
        const { code, message } = toRouterError(thrown)
        if (code === 'store_unavailable')
          return skipped('The database cannot be opened: see there.')
        return failure({ detail: message, ...NO_START })
      },
    )
  }
  return Promise.all([
    say('access', 'A server may let its callers in as configured.', checkCallers(start)),
    say('training data', `${paths.trainingData} can be trained on.`, checkTraining(start)),
  ])
}

const NO_START = {
  cause: 'A server would not start like this.',
  fix: 'Do what the line above says; signalbox config check looks again.',
}

export const fileChecks = (files: Files): Check[] => [
  { name: 'model files', run: () => checkModel(files) },
  { name: 'index', run: () => checkIndex(files) },
  { name: 'start', run: () => checkStart(files) },
  {
    name: 'database',
    run: () => checkDatabase(files).catch((error: unknown) => [describeStoreFailure(error)]),
  },
]
