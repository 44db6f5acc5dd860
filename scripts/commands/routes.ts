// signalbox routes add: a route with its configuration and its file of exemplars, ready to be filled.
import { existsSync, readFileSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Command } from 'commander'
import { stringify } from 'yaml'
import { addRoute, type NewRoute } from '../../src/config/add-route.ts'
import { dataPaths } from '../../src/config/data-paths.ts'
import { defaultConfig } from '../../src/config/default-config.ts'
import { configFilePath, loadConfig } from '../../src/config/load-config.ts'
import { programVersion } from '../../src/config/program-version.ts'
import { projectRoot } from '../../src/config/project-root.ts'
import { writeConfigFile } from '../../src/config/write-config.ts'
import {
  checkLibraryRoute,
  copyFromLibrary,
  type RouteLibrary,
} from '../../src/training/exemplars/route-library.ts'
import { printResult } from '../terminal/output.ts'

interface Options extends Pick<NewRoute, 'description'> {
  models: string[]
  like?: string
  json?: boolean
}

/** The file as it is; the embedded defaults as a file where there is none. */
const sourceOf = (path: string | null): string =>
  path === null ? stringify(defaultConfig(process.env)) : readFileSync(path, 'utf8')

/** @returns whether it was made now */
const makeExemplarFile = async (file: string): Promise<boolean> => {
  if (existsSync(file)) return false
  await mkdir(join(file, '..'), { recursive: true })
  const handle = await open(file, 'a')
  await handle.close()
  return true
}

const shippedLibrary = (): RouteLibrary => ({
  folder: join(projectRoot(), 'training-data'),
  version: programVersion(),
})

interface Added extends Options {
  name: string
  file: string
  exemplars: string
  isNew: boolean
  fromDefaults: boolean
  /** Exemplars that came from the library; null without --like. */
  copied: number | null
}

const addedJson = ({ name, models, file, like, copied, ...added }: Added) => ({
  ...{ route: name, models, file, exemplars: added.exemplars, exemplars_made: added.isNew },
  ...(copied === null ? {} : { like, exemplars_copied: copied }),
})

const addedLines = ({ name, models, like, copied, ...added }: Added): string[] => {
  const [file, exemplars] = [added.file, added.exemplars].map((p) => relative(process.cwd(), p))
  return [
    `Added ${name} (${models.join(', ')}) to ${file}${added.fromDefaults ? ', made from the embedded defaults' : ''}.`,
    `${added.isNew ? 'Made' : 'There is already'} ${exemplars}: fill it with signalbox add "…" --route ${name}, or signalbox import FILE.`,
    ...(copied === null ? [] : [`Copied ${copied} exemplars of ${like} into it.`]),
    'No prompt is routed there before the next build: signalbox rebuild',
  ]
}

const add = async (name: string, options: Options): Promise<void> => {
  const { path, config } = loadConfig()
  const file = configFilePath()
  const { models, description, like } = options
  const configured = [...Object.keys(config.routes), name]
  const library = shippedLibrary()
  // Asked before the configuration is written: a refused command changes nothing.
  if (like !== undefined) await checkLibraryRoute({ library, like, configured })
  const shown = relative(process.cwd(), file)
  await writeConfigFile(file, addRoute(sourceOf(path), { name, models, description }, shown))
  const { trainingData } = dataPaths(config, { env: process.env, cwd: process.cwd() })
  const exemplars = join(trainingData, `${name}.jsonl`)
  const isNew = await makeExemplarFile(exemplars)
  const copied =
    like === undefined
      ? null
      : await copyFromLibrary({
          ...{ library, like, route: name, trainingDir: trainingData, configured },
        })
  const added = { ...options, name, file, exemplars, isNew, fromDefaults: path === null, copied }
  printResult(options, addedJson(added), () => addedLines(added))
}

const toModels = (value: string, sofar: string[] = []): string[] => [
  ...sofar,
  ...value
    .split(',')
    .map((model) => model.trim())
    .filter((model) => model !== ''),
]

export const registerRoutes = (program: Command): void => {
  program
    .command('routes')
    .description('Add a route to the configuration.')
    .command('add')
    .description('Write a route into signalbox.yaml, and make the file of its exemplars.')
    .argument('<name>')
    .requiredOption('--models <ids>', 'configured model ids, the preferred first; commas', toModels)
    .option('--description <text>', 'what belongs there')
    .option('--like <route>', 'begin with the shipped exemplars of this route, under your own')
    .option('--json', 'one JSON object on stdout')
    .addHelpText(
      'after',
      '\nExample:\n  signalbox routes add billing --models small,large --description "Invoices and payments."\n  signalbox routes add ad-copy --models large --like writing',
    )
    .action(add)
}
