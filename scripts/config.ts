// signalbox config check|print|schema: is the file right, what does it amount to, what may stand in it.
import type { Command } from 'commander'
import { z } from 'zod'
import { configSchema } from '../src/config.ts'
import { loadConfig } from '../src/config-file.ts'

export const registerConfig = (program: Command): void => {
  const config = program
    .command('config')
    .description('Check, print or describe the configuration.')
  config
    .command('check')
    .description('Exit 0 if the configuration is valid, else name each problem and exit 1.')
    .option('--json', 'one JSON object on stdout')
    .action((options: { json?: boolean }) => {
      const { path, version } = loadConfig()
      if (options.json) return console.log(JSON.stringify({ valid: true, path, version }))
      console.log(`${path ?? 'The embedded defaults'}: valid, version ${version}`)
    })
  config
    .command('print')
    .description('The configuration in force, with every default written out.')
    .option('--json', 'as JSON instead of YAML')
    .action((options: { json?: boolean }) => {
      const loaded = loadConfig()
      console.log(options.json ? JSON.stringify(loaded.config, null, 2) : loaded.text)
    })
  config
    .command('schema')
    .description('JSON Schema of signalbox.yaml, for editors.')
    .action(() => {
      console.log(JSON.stringify(z.toJSONSchema(configSchema, { io: 'input' }), null, 2))
    })
}
