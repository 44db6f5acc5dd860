// The arrows between the rooms of src point down: biome.json has a rule for each room, and each rule bites at every depth.
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

/** Lowest first. A room may import rooms of the levels below its own; rooms of one level do not know each other. */
const LEVELS = [
  ['core', 'jobs'],
  ['dialects', 'store', 'telemetry', 'vector-index'],
  ['config'],
  ['access', 'encoder', 'upstream'],
  ['routing', 'training'],
  ['alerts', 'arms', 'feedback', 'quality', 'receipts'],
  ['http'],
  ['dashboard'],
  ['service'],
]
const ROOMS = LEVELS.flat()
const levelOf = (room: string): number => LEVELS.findIndex((level) => level.includes(room))

/** Below in order, forbidden all the same: what http is given comes from service, and lint and eval are for commands. */
const CLOSED: Record<string, string[]> = {
  http: ['quality', 'encoder', 'vector-index', 'upstream'],
  dashboard: ['quality', 'encoder', 'vector-index', 'upstream'],
  service: ['quality'],
}

/** Who alone may import a package. */
const ENGINES: [name: string, ...owners: string[]][] = [
  ['hnswlib-node', 'vector-index'],
  ['umap-js', 'vector-index'],
  ['better-sqlite3', 'store'],
  ['drizzle-orm', 'store'],
  ['drizzle-orm/better-sqlite3', 'store'],
  ['@xenova/transformers', 'encoder'],
  ['onnxruntime-node', 'encoder'],
  ['hono', 'http', 'dashboard'],
  ['hono/jsx', 'dashboard'],
  ['@hono/node-server', 'http'],
  ['undici', 'upstream'],
  ['prom-client', 'telemetry'],
  ['pino', 'telemetry'],
  ['@opentelemetry/api', 'telemetry'],
]

/** Imports of a file in `src/<folder>`, as specifiers of one module each. */
interface Probe {
  folder: string
  specifier: string
}

const mayImport = (room: string, other: string): boolean =>
  levelOf(other) < levelOf(room) && !CLOSED[room]?.includes(other)

/** From the room's root and from two folders further down. */
const imports = (room: string, other: string): Probe[] => [
  { folder: room, specifier: `../${other}/probe.ts` },
  { folder: `${room}/inner`, specifier: `../../${other}/probe.ts` },
  { folder: `${room}/inner/deep`, specifier: `../../../${other}/other/probe.ts` },
]

const pairs = (isAllowed: boolean): Probe[] =>
  ROOMS.flatMap((room) =>
    ROOMS.filter((other) => other !== room && mayImport(room, other) === isAllowed).flatMap(
      (other) => imports(room, other),
    ),
  )

const roots = (room: string): Probe[] =>
  ['main', 'index', ...(levelOf(room) < levelOf('http') ? ['pipeline'] : [])].flatMap((file) => [
    { folder: room, specifier: `../${file}.ts` },
    { folder: `${room}/inner`, specifier: `../../${file}.ts` },
  ])

/** The probes that the linter refuses, as `folder ← specifier`. */
const refused = (probes: Probe[]): string[] => {
  const root = mkdtempSync(join(tmpdir(), 'signalbox-layers-'))
  copyFileSync('biome.json', join(root, 'biome.json'))
  const files = probes.map(({ folder, specifier }, i) => {
    const path = join(root, 'src', folder, `probe-${i}.ts`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `import '${specifier}'\n`)
    return path
  })
  const { stdout } = spawnSync(
    resolve('node_modules/.bin/biome'),
    ['lint', '--reporter=json', '--max-diagnostics=none', '--only=style/noRestrictedImports'],
    { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  )
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { category: string; location: { path: unknown } }[]
  }
  const named = diagnostics.map(({ location }) => JSON.stringify(location.path))
  return probes
    .filter((_, i) => named.some((path) => path.includes(files[i]?.slice(root.length + 1) ?? '?')))
    .map(said)
}

/** The probes that get through. */
const missing = (probes: Probe[]): string[] => {
  const caught = new Set(refused(probes))
  return probes.map(said).filter((probe) => !caught.has(probe))
}

const said = ({ folder, specifier }: Probe): string => `${folder} ← ${specifier}`

describe('the rooms of src', () => {
  it('all stand on a level', () => {
    const folders = readdirSync('src', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
    expect(folders.sort()).toEqual(ROOMS.toSorted())
  })

  it('leave four files in the root', () => {
    const files = readdirSync('src').filter((name) => name.endsWith('.ts'))
    expect(files.sort()).toEqual(['errors.ts', 'index.ts', 'main.ts', 'pipeline.ts'])
  })

  it('refuse every import from above or beside, at every depth', () => {
    const probes = [...pairs(false), ...ROOMS.flatMap(roots)]
    expect(missing(probes)).toEqual([])
  })

  it('allow what stands below, at every depth', () => {
    expect(refused(pairs(true))).toEqual([])
  })

  it('leave each engine to its room', () => {
    const probes = ENGINES.flatMap(([specifier, ...owners]) =>
      ROOMS.filter((room) => !owners.includes(room)).map((folder) => ({ folder, specifier })),
    )
    const own = ENGINES.flatMap(([specifier, ...owners]) =>
      owners.map((folder) => ({ folder, specifier })),
    )
    expect(refused([...probes, ...own])).toEqual(probes.map(said))
  })

  it('keep core pure', () => {
    const probes = ['node:fs', 'node:crypto', 'zod', 'uuid'].map((specifier) => ({
      folder: 'core/inner',
      specifier,
    }))
    expect(refused(probes)).toEqual(probes.map(said))
  })
})

/** What each folder of src imports of other folders; a file in the root counts as a folder of its own. */
const folderImports = (): Map<string, Set<string>> => {
  const roomOf = (file: string): string => (dirname(file) === 'src' ? file : dirname(file))
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join('src', name))
  const edges = new Map(files.map((file) => [roomOf(file), new Set<string>()]))
  for (const file of files) {
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/from '(\.[^']+)'/g)) {
      const other = roomOf(join(dirname(file), specifier))
      if (other !== roomOf(file)) edges.get(roomOf(file))?.add(other)
    }
  }
  return edges
}

it('has no circle of imports between folders', () => {
  const edges = folderImports()
  // What imports nothing that is left is taken away, again and again: what stays is in a circle, or leads to one.
  for (let isLess = true; isLess; ) {
    const ends = [...edges].filter(([, to]) => ![...to].some((room) => edges.has(room)))
    for (const [room] of ends) edges.delete(room)
    isLess = ends.length > 0
  }
  expect([...edges.keys()]).toEqual([])
})
