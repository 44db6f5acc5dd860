// signalbox import: labelled prompts from a file into the training data. Everything is checked before anything is written.
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { RouterError } from '../../src/errors.ts'
import { counted } from '../../src/quality/lint/finding.ts'
import { appendExemplars } from '../../src/training/exemplars/append-exemplars.ts'
import { loadExemplars } from '../../src/training/exemplars/exemplars.ts'
import { fileText } from '../../src/training/exemplars/file-text.ts'
import { type ImportPlan, planImport } from '../../src/training/exemplars/import-plan.ts'
import {
  formatOfPath,
  IMPORT_FORMATS,
  IMPORT_KEYS,
  type ImportFormat,
  parseRows,
} from '../../src/training/exemplars/import-rows.ts'
import { findLeftOut } from '../../src/training/exemplars/left-out.ts'
import { type ScriptContext, withContext } from '../terminal/context.ts'
import { note, printResult } from '../terminal/output.ts'

interface Options {
  format?: ImportFormat
  encoding?: string
  routeColumn?: string
  textColumn?: string
  map: ReadonlyMap<string, string>
  dryRun?: boolean
  skipInvalid?: boolean
  json?: boolean
}

const MAX_LINES_SHOWN = 20

const readBytes = async (file: string): Promise<Uint8Array> => {
  try {
    return await readFile(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new RouterError('not_found', `${file} cannot be read (${code}).`, { cause: error })
  }
}

const makePlan = async (context: ScriptContext, file: string, options: Options) => {
  const { config, paths } = context
  const text = fileText(await readBytes(file), file, options.encoding ?? null)
  const parsed = parseRows(text, {
    format: options.format ?? formatOfPath(file),
    keys: {
      text: options.textColumn === undefined ? IMPORT_KEYS.text : [options.textColumn],
      label: options.routeColumn === undefined ? IMPORT_KEYS.label : [options.routeColumn],
    },
  })
  const routes = Object.keys(config.routes)
  const hasVectors = parsed.rows.some(({ vector }) => vector !== undefined)
  return planImport({
    fileName: file,
    parsed,
    existing: await loadExemplars(paths.trainingData, routes),
    routes,
    map: options.map,
    dimensions: hasVectors ? (await context.singleEncoder()).searchDimensions : null,
  })
}

const listed = (title: string, rows: { location: string; reason: string }[]): string[] => {
  const shown = rows.slice(0, MAX_LINES_SHOWN).map((row) => `  ${row.location}: ${row.reason}`)
  const more =
    rows.length > shown.length
      ? [`  … and ${rows.length - shown.length} more (--json lists all)`]
      : []
  return rows.length === 0 ? [] : [title, ...shown, ...more]
}

const countByRoute = ({ added }: ImportPlan): string => {
  const counts = new Map<string, number>()
  for (const { exemplar } of added)
    counts.set(exemplar.route, (counts.get(exemplar.route) ?? 0) + 1)
  return [...counts].map(([route, count]) => `${route} ${count}`).join(', ')
}

const describe = (plan: ImportPlan, isWritten: boolean, options: Options): string[] => {
  const { added, duplicates, rejected } = plan
  const verb = isWritten ? 'Added' : 'Would add'
  const perRoute = added.length > 0 ? ` (${countByRoute(plan)})` : ''
  return [
    `${verb} ${added.length}${perRoute}, ${counted(duplicates.length, 'duplicate')}, ${rejected.length} rejected.`,
    ...listed('Duplicates, skipped:', duplicates),
    ...listed('Rejected:', rejected),
    ...(isWritten && added.length > 0
      ? ['They count from the next build on: signalbox rebuild']
      : []),
    ...(options.dryRun ? ['Nothing was written (--dry-run).'] : []),
  ]
}

const run = async (context: ScriptContext, file: string, options: Options): Promise<void> => {
  const plan = await makePlan(context, file, options)
  const isRefused = plan.rejected.length > 0 && !options.skipInvalid
  const isWritten = !isRefused && !options.dryRun
  if (isWritten && plan.added.length > 0) {
    await appendExemplars(
      context.paths.trainingData,
      plan.added.map(({ exemplar }) => exemplar),
    )
  }
  const { config, paths } = context
  const leftOut = await findLeftOut(paths.trainingData, Object.keys(config.routes))
  const lines = () => [...describe(plan, isWritten, options), ...(leftOut ? [leftOut.message] : [])]
  printResult(options, { written: isWritten, ...plan, leftOut }, lines)
  if (!isRefused) return
  note(
    `error: ${plan.rejected.length} of the rows in ${basename(file)} are invalid, so nothing was written; correct them, or leave them out with --skip-invalid`,
  )
  process.exitCode = 1
}

const addMapping = (value: string, sofar: ReadonlyMap<string, string>) => {
  const at = value.lastIndexOf('=')
  if (at < 1 || at === value.length - 1) {
    throw new InvalidArgumentError('Expected LABEL=ROUTE, e.g. programming=code.')
  }
  return new Map([...sofar, [value.slice(0, at), value.slice(at + 1)]])
}

export const registerImport = (program: Command): void => {
  program
    .command('import')
    .description(
      'Add labelled prompts from a file (JSONL, CSV, or routes with utterances in JSON or YAML).',
    )
    .argument('<file>')
    .addOption(
      new Option('--format <format>', 'default: by the name of the file').choices(IMPORT_FORMATS),
    )
    .option('--encoding <name>', 'of the file, e.g. windows-1252 (default: UTF-8)')
    .option(
      '--text-column <name>',
      'column or key of the prompt (default: text, utterance, prompt)',
    )
    .option('--route-column <name>', 'column or key of the route (default: route, label, intent)')
    .option('--map <label=route>', 'read a label as a route; repeatable', addMapping, new Map())
    .option('--dry-run', 'check and report, write nothing')
    .option('--skip-invalid', 'add the valid rows even if others are invalid')
    .option('--json', 'one JSON object on stdout')
    .addHelpText(
      'after',
      '\nExamples:\n  signalbox import prompts.csv --route-column intent --map programming=code\n  signalbox import routes.yaml --dry-run',
    )
    .action((file: string, options: Options) =>
      withContext((context) => run(context, file, options)),
    )
}
