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
import { writeConfigFile } from '../../src/config/write-config.ts'
import { printResult } from '../terminal/output.ts'

interface Options extends Pick<NewRoute, 'description'> {
  models: string[]
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

const add = async (name: string, options: Options): Promise<void> => {
  const { path, config } = loadConfig()
  const file = configFilePath()
  const shown = relative(process.cwd(), file)
  const { models, description } = options
  await writeConfigFile(file, addRoute(sourceOf(path), { name, models, description }, shown))
  const { trainingData } = dataPaths(config, { env: process.env, cwd: process.cwd() })
  const exemplars = join(trainingData, `${name}.jsonl`)
  const isNew = await makeExemplarFile(exemplars)
  const shownExemplars = relative(process.cwd(), exemplars)
  printResult(options, { route: name, models, file, exemplars, exemplars_made: isNew }, () => [
    `Added ${name} (${models.join(', ')}) to ${shown}${path === null ? ', made from the embedded defaults' : ''}.`,
    `${isNew ? 'Made' : 'There is already'} ${shownExemplars}: fill it with signalbox add "…" --route ${name}, or signalbox import FILE.`,
    'No prompt is routed there before the next build: signalbox rebuild',
  ])
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
    .option('--json', 'one JSON object on stdout')
    .addHelpText(
      'after',
      '\nExample:\n  signalbox routes add billing --models small,large --description "Invoices and payments."',
    )
    .action(add)
}
