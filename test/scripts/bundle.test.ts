// Programs that are started are bundled (scripts/build/bundle.ts): a start waits for each module it loads.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const modulesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name))

/** Each `entryPoint(import.meta.url, './x.js')` of the sources, as the module it names. */
const started = modulesOf('src')
  .flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/entryPoint\(\s*import\.meta\.url,\s*'([^']+)'/g)].map(
      ([, name = '']) => join('dist', dirname(file), name),
    ),
  )
  .filter((file) => existsSync(file)) // comments have examples

/** What a compiled module imports, statically or not. */
const importsOf = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/(?:^import |from |import\()"(\.[^"]+)"/gm)].map(
    ([, specifier = '']) => specifier,
  )

describe('a build', () => {
  it('bundles all that is started by its module', () => {
    expect(started.length).toBeGreaterThan(10)
    const programs = ['dist/src/main.js', 'dist/scripts/signalbox.js', ...started]
    const others = programs.flatMap((file) =>
      importsOf(file).filter((specifier) => !specifier.includes('chunks/')),
    )
    expect(others).toEqual([])
  })

  it('leaves native packages and those that are open to replacement outside', () => {
    const chunks = readdirSync('dist/src/chunks').filter((name) => name.endsWith('.js'))
    const text = chunks.map((name) => readFileSync(join('dist/src/chunks', name), 'utf8')).join()
    for (const name of ['better-sqlite3', 'hnswlib-node', 'undici', '@opentelemetry/api']) {
      expect(text).toMatch(new RegExp(`(?:from |import\\()"${name}"`))
    }
  })

  it('says whose code is in the bundle, and under which licence', () => {
    const licences = readFileSync('dist/src/chunks/licences.txt', 'utf8')
    const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
    for (const name of ['hono', 'zod', 'uuid', 'drizzle-orm', 'csv-parse', '@hono/node-server']) {
      expect(licences).toMatch(new RegExp(`^${name} ${dependencies[name]}: (MIT|Apache-2.0)$`, 'm'))
    }
  })
})
