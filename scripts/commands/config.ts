// signalbox config check|print|schema: is the file right, what does it amount to, what may stand in it; and its versions.
import type { Command } from 'commander'
import { stringify } from 'yaml'
import { z } from 'zod'
import { configSchema } from '../../src/config/config-schema.ts'
import { dataPaths } from '../../src/config/data-paths.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { routeDisagreement } from '../../src/core/decide/route-agreement.ts'
import { trainedRoutes } from '../../src/training/generations/trained-routes.ts'
import { registerConfigHistory } from '../report/config-history.ts'
import { printJson, printLines, printResult } from '../terminal/output.ts'

export const registerConfig = (program: Command): void => {
  const command = program
    .command('config')
    .description('Check, print, compare, apply or roll back the configuration.')
  command
    .command('check')
    .description('Exit 0 if the configuration is valid, else name each problem and exit 1.')
    .option('--json', 'one JSON object on stdout')
    .action(async (options: { json?: boolean }) => {
      const { path, version, config } = loadConfig()
      const { index } = dataPaths(config, { env: process.env, cwd: process.cwd() })
      const trained = await trainedRoutes(index)
      const disagreement = trained && routeDisagreement(trained, config)
      const warnings = disagreement ? [disagreement.message] : []
      printResult(options, { valid: true, path, version, warnings }, () => [
        `${path ?? 'The embedded defaults'}: valid, version ${version}`,
        ...warnings.map((warning) => `warning: ${warning}`),
      ])
    })
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
