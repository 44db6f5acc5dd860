// After the compiler: what the dashboard sends to browsers → dist/src/dashboard/sent, each file beside its gzip. Vendored files
// come out of the installed packages and are held against src/dashboard/assets/lock.json.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { projectRoot } from '../../src/config/project-root.ts'

interface Locked {
  package: string
  version: string
  /** In the package. */
  file: string
  sha256: string
}

const ROOT = projectRoot()
const SOURCES = join(ROOT, 'src/dashboard/assets')
const TARGET = join(ROOT, 'dist/src/dashboard/sent')
const requireHere = createRequire(import.meta.url)

/** In this order, as the later ones narrow what the earlier ones say. */
const STYLES = [
  ...['palette', 'base', 'frame', 'cards', 'tables', 'forms', 'charts', 'narrow'],
  ...['decisions', 'access', 'map', 'learning'],
]

/** Each file that is sent, with what it is made of: names of the lock, or files beside it. */
const SENT: Record<string, string[]> = {
  'desk.css': ['uplot.css', ...STYLES.map((subject) => `styles/${subject}.css`)],
  'desk.js': ['desk.js'],
  'charts.js': ['uplot.js', 'palette.js', 'charts.js'],
  'htmx.js': ['htmx.js'],
  'map.js': ['palette.js', 'map.js'],
  'icon.svg': ['icon.svg'],
}

/** Packages may keep their package.json to themselves: looked for upwards from the entry. */
const folderOf = (name: string): string => {
  const entry = requireHere.resolve(name)
  return projectRoot(dirname(entry))
}

/** @throws Error where the installed package is another than the lock says */
const vendored = (locked: Locked): Buffer => {
  const bytes = readFileSync(join(folderOf(locked.package), locked.file))
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  if (sha256 === locked.sha256) return bytes
  throw new Error(
    `${locked.package} ${locked.version}: ${locked.file} has sha256 ${sha256}; src/dashboard/assets/lock.json: ${locked.sha256}`,
  )
}

/** Comments of style sheets are for who reads the sources. */
const ownFile = (part: string): Buffer => {
  const bytes = readFileSync(join(SOURCES, part))
  if (!part.endsWith('.css')) return bytes
  return Buffer.from(bytes.toString('utf8').replaceAll(/\/\*.*?\*\/\n?/gs, ''))
}

const lock = JSON.parse(readFileSync(join(SOURCES, 'lock.json'), 'utf8')) as Record<string, Locked>
rmSync(TARGET, { recursive: true, force: true })
mkdirSync(TARGET, { recursive: true })
for (const [name, parts] of Object.entries(SENT)) {
  const bytes = Buffer.concat(
    parts.flatMap((part) => {
      const locked = lock[part]
      return [locked ? vendored(locked) : ownFile(part), Buffer.from('\n')]
    }),
  )
  writeFileSync(join(TARGET, name), bytes)
  writeFileSync(join(TARGET, `${name}.gz`), gzipSync(bytes, { level: 9 }))
}
