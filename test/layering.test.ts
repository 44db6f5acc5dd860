// The layering rules of biome.json bite: each forbidden import, put into a file of its layer, is an error.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const FORBIDDEN: [layer: string, module: string][] = [
  ['core', 'node:fs'],
  ['core', '../store/store.ts'],
  ['core', '../pipeline.ts'],
  ['encoder', '../vector-index/exact.ts'],
  ['encoder', '../http/app.ts'],
  ['vector-index', '../store/store.ts'],
  ['store', '../encoder/encoder.ts'],
  ['upstream', '../http/app.ts'],
  ['telemetry', '../store/store.ts'],
  ['http', '../vector-index/hnsw.ts'],
  ['http', 'better-sqlite3'],
  ['training', '../http/app.ts'],
  ['training', '@xenova/transformers'],
  ['training', 'hnswlib-node'],
]
const ALLOWED: [layer: string, module: string][] = [
  ['core', './types.ts'],
  ['core', '../errors.ts'],
  ['encoder', '../core/types.ts'],
  ['encoder', '@xenova/transformers'],
  ['vector-index', 'hnswlib-node'],
  ['store', 'better-sqlite3'],
]

/** Names of the probe files that the linter calls a forbidden import. */
const lint = (probes: [layer: string, module: string][]): string[] => {
  const root = mkdtempSync(join(tmpdir(), 'signalbox-layers-'))
  copyFileSync('biome.json', join(root, 'biome.json'))
  probes.forEach(([layer, module], i) => {
    const path = join(root, 'src', layer, `probe-${i}.ts`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, `import '${module}'\n`)
  })
  const { stdout } = spawnSync(
    resolve('node_modules/.bin/biome'),
    ['lint', '--reporter=json', '--max-diagnostics=none'],
    { cwd: root, encoding: 'utf8' },
  )
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { category: string; location: { path: unknown } }[]
  }
  return diagnostics
    .filter(({ category }) => category === 'lint/style/noRestrictedImports')
    .map(({ location }) => JSON.stringify(location.path))
}

it('refuses every import across layers', () => {
  const refused = lint(FORBIDDEN)
  const missed = FORBIDDEN.filter(
    ([layer], i) => !refused.some((path) => path.includes(`src/${layer}/probe-${i}.ts`)),
  )
  expect(missed).toEqual([])
})

it('lets a layer import core, the errors and its own library', () => {
  expect(lint(ALLOWED)).toEqual([])
})
