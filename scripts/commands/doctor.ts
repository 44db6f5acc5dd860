// signalbox doctor: what is wrong with an installation, why, and how to fix it. Reads only, beside a running server too.
import type { Command } from 'commander'
import { dataPaths } from '../../src/config/data-paths.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { programVersion } from '../../src/config/program-version.ts'
import { toRouterError } from '../../src/errors.ts'
import {
  environmentRedact,
  makeBundle,
  redacted,
  writeBundle,
} from '../../src/quality/doctor/bundle.ts'
import { type DoctorOptions, examine } from '../../src/quality/doctor/doctor.ts'
import { describeFindings } from '../report/describe-findings.ts'
import { note, printJson, printStyled } from '../terminal/output.ts'

interface Options {
  online?: boolean
  bundle?: string
  json?: boolean
}

const readConfig = (): Pick<DoctorOptions, 'loaded' | 'problem'> => {
  try {
    return { loaded: loadConfig(), problem: null }
  } catch (error) {
    const { code, message } = toRouterError(error)
    if (code !== 'invalid_config') throw error
    return { loaded: null, problem: message }
  }
}

/** Who is called, before anyone is. */
const announce = ({ loaded }: Pick<DoctorOptions, 'loaded'>): void => {
  const called = Object.entries(loaded?.config.providers ?? {}).filter(
    ([, { kind }]) => kind !== 'echo',
  )
  const names = called.map(([name]) => name).join(', ')
  note(
    names === ''
      ? 'No provider is configured that could be called.'
      : `Calling each provider once, for an answer of at most 16 tokens: ${names}.`,
  )
}

const run = async (options: Options): Promise<void> => {
  const { env } = process
  const { loaded, problem } = readConfig()
  const training_data = loaded?.config.training_data ?? 'training-data'
  const paths = dataPaths({ training_data }, { env, cwd: process.cwd() })
  if (options.online) announce({ loaded })
  const place = { loaded, paths, env, now: Date.now }
  const found = await examine({ ...place, problem, isOnline: options.online === true })
  const findings = redacted(found, environmentRedact(env, loaded))
  if (options.bundle !== undefined) {
    const bundle = await makeBundle({ ...place, findings, programVersion: programVersion() })
    await writeBundle(options.bundle, bundle)
  }
  const isWell = findings.every(({ status }) => status !== 'failure')
  if (options.json) printJson({ ok: isWell, findings })
  else
    printStyled(
      describeFindings(findings, process.stdout.isTTY ? process.stdout.columns : undefined),
    )
  if (options.bundle !== undefined) {
    note(
      `Wrote ${options.bundle}: it holds no key and no prompt; look through it before you send it.`,
    )
  }
  if (!isWell) process.exitCode = 1
}

const HELP = `
Exit codes: 0 where nothing fails (warnings do not count), 1 where something does, 2 for wrong usage.

Examples:
  signalbox doctor
  signalbox doctor --online
  signalbox doctor --online --json | jq '.findings[] | select(.status == "failure")'
  signalbox doctor --bundle support.json`

export const registerDoctor = (program: Command): void => {
  program
    .command('doctor')
    .description(
      'What is wrong with configuration, keys, files, disk, port and providers, why, and how to fix it.',
    )
    .option('--online', 'connect to every provider and make one minimal call to each')
    .option('--bundle <file>', 'write a redacted file for whoever is asked for help')
    .option('--json', 'one JSON object on stdout')
    .addHelpText('after', HELP)
    .action(run)
}
