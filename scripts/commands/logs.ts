// signalbox logs: what the server has logged, or decided, filtered and followed. Reads only, beside a running server.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, Option } from 'commander'
import { RouterError } from '../../src/errors.ts'
import { describeRecord, LEVELS, type LogFilter, type LogRecord } from '../report/log-record.ts'
import { createDecisionSource, createFileSource, type LogSource } from '../report/log-sources.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { toCount } from '../terminal/option-values.ts'
import { note, printJson, printStyled } from '../terminal/output.ts'
import { untilInterrupted } from '../terminal/until-interrupted.ts'

interface Options extends LogFilter {
  follow?: boolean
  lines: number
  file?: string
  json?: boolean
}

const EVERY_MS = 300

/** By its id, or by its name. */
const keyId = async ({ store, paths }: ScriptContext, key: string): Promise<string> => {
  if (!existsSync(paths.database)) return key
  const keys = await (await store()).listKeys()
  return keys.find(({ name }) => name === key)?.id ?? key
}

const fileOf = ({ config, paths }: ScriptContext, { file }: Options): string | null => {
  if (file !== undefined) return resolve(file)
  const { log_file } = config.telemetry
  return log_file === undefined ? null : resolve(paths.data, log_file)
}

const openSource = async (context: ScriptContext, options: Options): Promise<LogSource> => {
  const { key } = options
  const filter = { ...options, ...(key !== undefined && { key: await keyId(context, key) }) }
  const file = fileOf(context, options)
  if (file !== null) {
    if (existsSync(file)) return createFileSource(file, filter)
    throw new RouterError(
      'invalid_request',
      `There is no log file ${file}: a server that was started with telemetry.log_file writes it; --file names another.`,
    )
  }
  if (!existsSync(context.paths.database)) {
    throw new RouterError(
      'invalid_request',
      `There is no database in ${context.paths.data} yet: start a server (signalbox serve), or name the folder with --data.`,
    )
  }
  return createDecisionSource(await context.store(), filter)
}

const print = (records: LogRecord[], { json }: Options): void => {
  if (records.length === 0) return
  const today = new Date().toISOString().slice(0, 10)
  if (json) for (const record of records) printJson(record)
  else printStyled(records.map((record) => describeRecord(record, today)))
}

const run = (options: Options): Promise<void> =>
  withContext(async (context) => {
    const source = await openSource(context, options)
    try {
      const records = await source.last(options.lines)
      print(records, options)
      if (records.length === 0 && !options.follow && !options.json) {
        note('Nothing found; fewer filters find more, and --follow waits for what comes.')
      }
      if (!options.follow) return
      await untilInterrupted(async (signal) => {
        for (;;) {
          await sleep(EVERY_MS, undefined, { signal })
          print(await source.next(), options)
        }
      })
    } finally {
      await source.close()
    }
  })

const HELP = `
Read is the log's file where telemetry.log_file names one, or --file; otherwise the decisions of the database, each as
a line when its answer has ended. Filters must all hold. Interrupt with Ctrl-C.

Examples:
  signalbox logs -f --route code
  signalbox logs --error upstream_timeout -n 100
  signalbox logs --decision 01a22ab3-7844-75bc-b169-11e201a494fb
  signalbox logs --file /var/log/signalbox.log --level warn --json | jq .msg`

export const registerLogs = (program: Command): void => {
  program
    .command('logs')
    .description(
      'What requests came to, line by line: the newest, those that pass filters, or as they come.',
    )
    .option('-f, --follow', 'go on with what comes, also into the next file of a rotation')
    .option('-n, --lines <n>', 'how many of what is there', toCount, 20)
    .option('--route <name>', 'of this route')
    .option('--model <id>', 'of this model, by its id in the configuration')
    .option('--key <id>', 'of this key, by its id or name')
    .option('--error [code]', 'that ended in an error, or had this one')
    .option('--decision <id>', 'of this decision or request')
    .addOption(new Option('--level <level>', 'of this level or above').choices(LEVELS))
    .option('--file <path>', 'the log file to read')
    .option('--json', 'one JSON object a line on stdout')
    .addHelpText('after', HELP)
    .action(run)
}
