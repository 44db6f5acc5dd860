// Compiles to dist/ after an install and before a start, where the compiler (a development dependency) or a writable folder
// may be missing. JavaScript, as it runs before anything is compiled.
import { spawnSync } from 'node:child_process'
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const ENTRY = join(ROOT, 'dist/src/main.js')
const STAMP = join(ROOT, 'dist/.compiled')
const COMPILER = join(ROOT, 'node_modules/typescript')

const say = (text) => process.stderr.write(`${text}\n`)

const isWritable = (path) => {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}

const sourcesIn = (folder) =>
  existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []

const newestSourceMs = (folder) =>
  sourcesIn(join(ROOT, folder))
    .filter((name) => /\.(?:tsx?|css|js|svg)$/.test(name))
    .reduce((newest, name) => Math.max(newest, statSync(join(ROOT, folder, name)).mtimeMs), 0)

/** Whether `file` is at least as new as every source. */
const isCurrent = (file) =>
  existsSync(file) &&
  statSync(file).mtimeMs >= Math.max(newestSourceMs('src'), newestSourceMs('scripts'))

const run = (command, args) =>
  spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  }).status ?? 1

/** A step of `npm run build` after the compiler, as that compiles it. */
const thenRun = (step, status) =>
  status === 0 ? run(process.execPath, [join(ROOT, `dist/scripts/build/${step}.js`)]) : status

/** Marks a whole compilation, since one that was interrupted may have written any file. */
const compile = () => {
  const compiled = run(process.execPath, [join(COMPILER, 'bin/tsc'), '-p', 'tsconfig.json'])
  const status = thenRun('bundle', thenRun('assets', compiled))
  if (status === 0) writeFileSync(STAMP, '')
  return status
}

/** With the pinned compiler out of npm's cache or registry: nothing is installed, no types are checked, and nothing is bundled. */
const compileWithFetched = () => {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const compiler = `typescript@${devDependencies.typescript}`
  say(`compiling with ${compiler}, which is not installed here and is fetched for this once`)
  const options = ['-p', 'tsconfig.json', '--noCheck', '--types', '']
  const compiled = run('npm', ['exec', '--yes', `--package=${compiler}`, '--', 'tsc', ...options])
  return thenRun('assets', compiled)
}

const MISSING = `The program is not compiled (${ENTRY} is missing). With the development dependencies installed, run: npm run build`

/** Before a start: what is there serves, where it cannot be compiled anew. */
const beforeStart = () => {
  const target = existsSync(join(ROOT, 'dist')) ? join(ROOT, 'dist') : ROOT
  if (isCurrent(STAMP)) return 0
  if (existsSync(COMPILER) && isWritable(target)) return compile()
  if (existsSync(ENTRY)) return 0
  say(MISSING)
  return 1
}

const afterInstall = () => {
  if (existsSync(COMPILER)) return compile()
  if (isCurrent(ENTRY)) return 0
  return compileWithFetched()
}

process.exitCode = process.argv[2] === 'start' ? beforeStart() : afterInstall()
