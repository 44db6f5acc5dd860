// signalbox config check|print|schema: is the file right, what does it amount to, what may stand in it; and its versions.
import type { Command } from 'commander'
import { stringify } from 'yaml'
import { z } from 'zod'
import { configSchema } from '../../src/config/config-schema.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { registerConfigHistory } from '../report/config-history.ts'

export const registerConfig = (program: Command): void => {
  const command = program
    .command('config')
    .description('Check, print, compare, apply or roll back the configuration.')
  command
    .command('check')
    .description('Exit 0 if the configuration is valid, else name each problem and exit 1.')
    .option('--json', 'one JSON object on stdout')
    .action((options: { json?: boolean }) => {
      const { path, version } = loadConfig()
      if (options.json) return console.log(JSON.stringify({ valid: true, path, version }))
      console.log(`${path ?? 'The embedded defaults'}: valid, version ${version}`)
    })
  command
    .command('print')
    .description('The configuration in force, with every default written out.')
    .option('--json', 'as JSON instead of YAML')
    .action((options: { json?: boolean }) => {
      const { config } = loadConfig()
      console.log(options.json ? JSON.stringify(config, null, 2) : stringify(config))
    })
  command
    .command('schema')
    .description('JSON Schema of signalbox.yaml, for editors.')
    .action(() => {
      console.log(JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' }), null, 2))
    })
  registerConfigHistory(command)
}
