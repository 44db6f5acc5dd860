// signalbox config history|diff|rollback|apply: configurations as versions, on the file and the database. A running server
// sees the file change and reloads it, so none of them needs one.
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { diffConfigs, diffLines } from '../../src/config/diff-configs.ts'
import {
  editedSource,
  findVersion,
  parseVersion,
  versionBefore,
} from '../../src/config/edited-source.ts'
import { type LoadedConfig, readConfigText, writtenConfig } from '../../src/config/load-config.ts'
import { type ConfigPlan, planConfig } from '../../src/config/plan-config.ts'
import { writeConfigFile } from '../../src/config/write-config.ts'
import { RouterError } from '../../src/errors.ts'
import { configHistoryJson, planJson } from '../../src/http/endpoints/admin/config-json.ts'
import { replayWith } from '../../src/service/replay-with.ts'
import { currentGeneration } from '../../src/vector-index/generation-store.ts'
import { type ConfigContext, withConfigContext } from '../terminal/config-context.ts'
import { printResult } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'

interface Options {
  json?: boolean
  dryRun?: boolean
  /** False under --no-replay. */
  replay?: boolean
}

const FILE = 'file'

const inForce = ({ activations }: ConfigContext): string => {
  const [newest] = activations
  if (newest) return newest.hash
  throw new RouterError('not_found', 'No configuration has served on this data yet.')
}

interface Side {
  version: string
  title: string
  config: unknown
}

const sideOf = async (name: string, context: ConfigContext): Promise<Side> => {
  if (name === FILE) {
    const { onFile, problem } = context
    if (!onFile) throw new RouterError('invalid_config', problem ?? 'The file is not valid.')
    const title = `${onFile.version}  ${onFile.path ?? 'the embedded defaults'}`
    return { version: onFile.version, title, config: writtenConfig(onFile) }
  }
  const found = findVersion(await context.store.listConfigVersions(), name)
  const { hash, createdAtMs, author, text } = found
  const title = `${hash}  ${new Date(createdAtMs).toISOString()}  ${author}`
  return { version: hash, title, config: parseVersion(text) }
}

/** One name is held against what is in force; `file` is what comes after it. */
const sidesOf = (given: (string | undefined)[], context: ConfigContext): [string, string] => {
  const [from, to] = given
  const now = inForce(context)
  if (from === undefined) return [versionBefore(context.activations, now), now]
  if (to === undefined) return from === FILE ? [now, FILE] : [from, now]
  return [from, to]
}

const diff = (from: string | undefined, to: string | undefined, options: Options) =>
  withConfigContext(async (context) => {
    const [before, after] = await Promise.all(
      sidesOf([from, to], context).map((name) => sideOf(name, context)),
    )
    if (!before || !after) return
    const changes = diffConfigs(before.config, after.config)
    const json = {
      from: before.version,
      to: after.version,
      changes: changes.map(({ path, kind, before: was, after: is }) => ({
        path,
        change: kind,
        before: was,
        after: is,
      })),
    }
    printResult(options, json, () => [
      `--- ${before.title}`,
      `+++ ${after.title}`,
      ...(changes.length > 0 ? diffLines(changes) : ['No key differs.']),
    ])
  })

const history = (options: Options) =>
  withConfigContext(async ({ activations }) => {
    const listed = configHistoryJson(activations, activations[0]?.hash ?? null)
    printResult(options, listed, () =>
      activations.length === 0
        ? ['No configuration has served on this data yet.']
        : table(
            listed.data.map(({ version, author, cause, at, serving }) => [
              `${serving ? '*' : ' '} ${version}`,
              at,
              cause.padEnd(8),
              author,
            ]),
          ),
    )
  })

const describePlan = (plan: ConfigPlan): string[] => [
  `${plan.from} → ${plan.to}`,
  ...diffLines(plan.changes),
  ...(plan.restartRequired.length > 0
    ? [`Takes effect after a restart: ${plan.restartRequired.join(', ')}`]
    : []),
  plan.summary,
  ...(plan.replay?.moves.slice(0, 5) ?? []).map(
    ({ from, to, decisions }) => `  ${from} → ${to}: ${decisions}`,
  ),
]

const describeWritten = ({ file, serverPid }: ConfigContext): string =>
  serverPid === null
    ? `Wrote ${file}; the next start serves by it.`
    : `Wrote ${file}; the server (process ${serverPid}) reloads it by itself, or says why not in GET /admin/config.`

/** What the plan starts from: the file, or where that is broken what served last. */
const startingPoint = async (context: ConfigContext): Promise<LoadedConfig> => {
  if (context.onFile) return context.onFile
  const { text } = findVersion(await context.store.listConfigVersions(), inForce(context))
  return readConfigText(text, { where: 'The version in force', path: null, env: {} })
}

const change = async (text: string, context: ConfigContext, options: Options) => {
  const { file, paths } = context
  const to = readConfigText(text, { where: 'The configuration', path: file, env: process.env })
  const from = await startingPoint(context)
  const plan = await planConfig({
    from,
    to,
    running: from.config,
    replay:
      options.replay === false ? null : replayWith(paths, () => currentGeneration(paths.index)),
    now: Date.now(),
  })
  const isApplied = options.dryRun !== true
  if (isApplied) await writeConfigFile(file, text)
  const { serverPid } = context
  const json = { applied: isApplied, file, server_pid: serverPid, plan: planJson(plan) }
  printResult(options, json, () => [
    ...describePlan(plan),
    isApplied ? describeWritten(context) : 'Nothing was written.',
  ])
}

const rollBack = (prefix: string | undefined, options: Options) =>
  withConfigContext(async (context) => {
    const { onFile, activations, store } = context
    const target = prefix ?? versionBefore(activations, onFile?.version ?? '')
    const { text } = findVersion(await store.listConfigVersions(), target)
    await change(onFile ? editedSource(text, onFile) : text, context, options)
  })

const apply = (path: string, options: Options) =>
  withConfigContext((context) => change(readFileSync(path, 'utf8'), context, options))

/** Adds the commands to `signalbox config`. */
export const registerConfigHistory = (config: Command): void => {
  const json = ['--json', 'one JSON object on stdout'] as const
  const dryRun = ['--dry-run', 'say what would change, and write nothing'] as const
  const noReplay = ['--no-replay', 'leave out how many past decisions would change'] as const
  config
    .command('history')
    .description('Each time that a configuration began to serve, the latest first.')
    .option(...json)
    .action(history)
  config
    .command('diff [from] [to]')
    .description('Keys in which two versions differ; by default what serves and what did before.')
    .option(...json)
    .addHelpText(
      'after',
      '\nA version is the beginning of its hash, or "file" for signalbox.yaml as it is now.\n\nExamples:\n  signalbox config diff\n  signalbox config diff file\n  signalbox config diff 3f2a 91bc',
    )
    .action(diff)
  config
    .command('rollback [version]')
    .description('Write signalbox.yaml so that it amounts to an earlier version.')
    .option(...dryRun)
    .option(...noReplay)
    .option(...json)
    .action(rollBack)
  config
    .command('apply <file>')
    .description('Check a configuration, say what it would change, and write it to signalbox.yaml.')
    .option(...dryRun)
    .option(...noReplay)
    .option(...json)
    .action(apply)
}
