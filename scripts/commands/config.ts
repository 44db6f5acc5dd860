// signalbox config check|print|schema: is the file right, what does it amount to, what may stand in it; and its versions.
import type { Command } from 'commander'
import { stringify } from 'yaml'
import { z } from 'zod'
import { type Config, configSchema } from '../../src/config/config-schema.ts'
import { type DataPaths, dataPaths } from '../../src/config/data-paths.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { routeDisagreement } from '../../src/core/decide/route-agreement.ts'
import { RouterError } from '../../src/errors.ts'
import { findStartProblems } from '../../src/quality/start-problems.ts'
import { failureText } from '../../src/service/failure-text.ts'
import { findLeftOut } from '../../src/training/exemplars/left-out.ts'
import { trainedRoutes } from '../../src/training/generations/trained-routes.ts'
import { baseUrlAdvice } from '../../src/upstream/registry/base-url-advice.ts'
import { registerConfigHistory } from '../report/config-history.ts'
import { printJson, printLines, printResult } from '../terminal/output.ts'

/** What is no obstacle, and surely not meant. */
const findWarnings = async (
  config: Config,
  { trainingData }: DataPaths,
  trained: string[] | null,
): Promise<string[]> => {
  const advice = Object.entries(config.providers).map(([name, one]) => baseUrlAdvice(name, one))
  const leftOut = await findLeftOut(trainingData, Object.keys(config.routes))
  const disagreement = trained && routeDisagreement(trained, config)
  return [disagreement?.message, leftOut?.message, ...advice].filter((line) => line != null)
}

const check = async (options: { json?: boolean }): Promise<void> => {
  const { path, version, config } = loadConfig()
  const paths = dataPaths(config, { env: process.env, cwd: process.cwd() })
  const where = path ?? 'The embedded defaults'
  const trained = await trainedRoutes(paths.index)
  const hasIndex = trained !== null
  const problems = await findStartProblems({ config, paths, env: process.env, hasIndex })
  if (problems.length > 0) {
    const lines = problems.map((problem) => failureText(problem).replaceAll('\n', '\n  '))
    const message = `By ${where} no server would start:\n  ${lines.join('\n  ')}`
    const [first] = problems
    const param = first instanceof RouterError ? first.param : null
    throw new RouterError('invalid_config', message, { ...(param && { param }) })
  }
  const warnings = await findWarnings(config, paths, trained)
  printResult(options, { valid: true, path, version, warnings }, () => [
    `${where}: valid, version ${version}`,
    ...warnings.map((warning) => `warning: ${warning}`),
  ])
}

export const registerConfig = (program: Command): void => {
  const command = program
    .command('config')
    .description('Check, print, compare, apply or roll back the configuration.')
  command
    .command('check')
    .description(
      'Exit 0 if a server would start by the configuration, else name each problem and exit 1.',
    )
    .option('--json', 'one JSON object on stdout')
    .action(check)
  command
    .command('print')
    .description('The configuration in force, with every default written out.')
    .option('--json', 'as JSON instead of YAML')
    .action((options: { json?: boolean }) => {
      const { config } = loadConfig()
      if (options.json) printJson(config, 2)
      else printLines(stringify(config).trimEnd().split('\n'))
    })
  command
    .command('schema')
    .description('JSON Schema of signalbox.yaml, for editors.')
    .action(() => {
      printJson(z.toJSONSchema(configSchema, { io: 'input' }), 2)
    })
  registerConfigHistory(command)
}
