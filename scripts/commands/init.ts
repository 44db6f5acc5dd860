// signalbox init: the embedded defaults for the keys that the environment holds, as a file to go on from.
import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import type { Command } from 'commander'
import { describeDefaults } from '../../src/config/default-config.ts'
import { initialConfig } from '../../src/config/initial-config.ts'
import { configFilePath, readConfigText } from '../../src/config/load-config.ts'
import { writeConfigFile } from '../../src/config/write-config.ts'
import { RouterError } from '../../src/errors.ts'
import { printResult } from '../terminal/output.ts'

const init = async (options: { json?: boolean }): Promise<void> => {
  const file = configFilePath()
  if (existsSync(file)) {
    throw new RouterError(
      'invalid_request',
      `${file} exists and is left as it is. Move it away, or name another file with --config.`,
    )
  }
  const text = initialConfig(process.env)
  const { version } = readConfigText(text, { where: file, path: file, env: {} })
  await writeConfigFile(file, text)
  const chosen = describeDefaults(process.env)
  printResult(options, { file, version, chosen }, () => [
    `Wrote ${relative(process.cwd(), file) || file}.`,
    ...chosen,
    'Start the server with: signalbox serve',
  ])
}

export const registerInit = (program: Command): void => {
  program
    .command('init')
    .description('Write signalbox.yaml for the providers that the environment has keys of.')
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', '\nExample:\n  ANTHROPIC_API_KEY=… signalbox init')
    .action(init)
}
