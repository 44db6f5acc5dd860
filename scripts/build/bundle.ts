// After the compiler: each program that is started (server, commands, threads, child processes) becomes one file and the chunks
// that it shares with others, in the place of its compiled module. Node takes half a millisecond for each module that it loads,
// and the server has over a thousand. Without this step the compiled modules do the same.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { projectRoot } from '../../src/config/project-root.ts'

const ROOT = projectRoot()
const CHUNKS = 'src/chunks'

/** Packages of many ES modules each. All others stay where they are installed; native ones must. */
const BUNDLED = ['@hono/node-server', 'csv-parse', 'drizzle-orm', 'hono', 'uuid', 'zod']

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8')

/** The sources of what `entryPoint(import.meta.url, './child.js')` starts somewhere. */
const startedPrograms = (): string[] =>
  readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join('src', name))
    .flatMap((file) =>
      [...textOf(file).matchAll(/entryPoint\(import\.meta\.url, '([^']+)\.js'/g)].map(([, name]) =>
        join(dirname(file), `${name}.ts`),
      ),
    )
    .filter((file) => existsSync(join(ROOT, file)))

const packageOf = (specifier: string): string =>
  specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')

const packagesOutside: Plugin = {
  name: 'packages-outside',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^[^./]/ }, ({ path }) =>
      isBuiltin(path) || !BUNDLED.includes(packageOf(path)) ? { path, external: true } : undefined,
    )
  },
}

/** A module's URL stays that of its compiled module, beside which it looks for others. */
const DIST_URL = `const __distUrl = import.meta.url.slice(0, import.meta.url.lastIndexOf('/dist/') + 6)`

const moduleUrls: Plugin = {
  name: 'module-urls',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\/(?:src|scripts)\/.*\.tsx?$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8')
      const compiled = relative(ROOT, path)
        .replace(/\.tsx?$/, '.js')
        .replaceAll('\\', '/')
      const contents = source.replaceAll('import.meta.url', `(__distUrl + '${compiled}')`)
      return { contents, loader: path.endsWith('x') ? 'tsx' : 'ts' }
    })
  },
}

/** What the licences of the packages ask for. */
const licenceOf = (name: string): string => {
  const folder = join('node_modules', name)
  const file = readdirSync(join(ROOT, folder)).find((entry) => /^licen[cs]e/i.test(entry))
  const { version, license } = JSON.parse(textOf(join(folder, 'package.json')))
  return `${name} ${version}: ${license}\n\n${file ? textOf(join(folder, file)) : ''}`
}

/** Programs of one list share chunks, and so the classes of what is thrown between them. */
const bundle = (sources: string[]): Promise<unknown> =>
  build({
    absWorkingDir: ROOT,
    entryPoints: sources,
    outbase: '.',
    outdir: 'dist',
    chunkNames: `${CHUNKS}/[name]-[hash]`,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    banner: { js: DIST_URL },
    plugins: [packagesOutside, moduleUrls],
    logLevel: 'warning',
  })

rmSync(join(ROOT, 'dist', CHUNKS), { recursive: true, force: true })
await Promise.all([
  bundle(['src/main.ts']),
  bundle(['scripts/signalbox.ts']),
  bundle([...new Set(startedPrograms())]),
])
writeFileSync(join(ROOT, 'dist', CHUNKS, 'licences.txt'), BUNDLED.map(licenceOf).join('\n\n'))
