import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { diffConfigs, diffLines, pathOf } from '../../src/config/diff-configs.ts'
import { describeConfig } from '../../src/config/load-config.ts'
import { asServed, RESTART_KEYS, restartRequired } from '../../src/config/restart-keys.ts'
import { exampleConfig } from '../support/training-folder.ts'

const key = fc.stringMatching(/^[a-z]{1,3}$/)
const leaf = fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.array(fc.integer()))
const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.dictionary(key, tie('node'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).node
const config = fc.dictionary(key, tree, { maxKeys: 4, noNullPrototype: true })

describe('the difference of two configurations', () => {
  it('names each key that was added, removed or changed, by its path', () => {
    const before = { routes: { code: { threshold: 'auto', models: ['a', 'b'] } }, seed: 1 }
    const after = { routes: { code: { threshold: 0.6, models: ['b', 'a'] } }, port: 2 }
    const changes = diffConfigs(before, after)
    expect(changes.map(({ path, kind }) => [path, kind])).toEqual([
      ['routes.code.threshold', 'changed'],
      ['routes.code.models', 'changed'],
      ['port', 'added'],
      ['seed', 'removed'],
    ])
    expect(diffLines(changes)).toEqual([
      '- routes.code.threshold: "auto"',
      '+ routes.code.threshold: 0.6',
      '- routes.code.models: ["a","b"]',
      '+ routes.code.models: ["b","a"]',
      '+ port: 2',
      '- seed: 1',
    ])
  })

  it('quotes keys that a dot in them would make ambiguous', () => {
    expect(pathOf(['models', 'gpt-4.1', 'name'])).toBe('models["gpt-4.1"].name')
    expect(diffConfigs({ m: { 'a.b': 1 } }, { m: { a: { b: 1 } } })).toHaveLength(2)
  })

  it('is empty exactly where nothing differs', () => {
    fc.assert(
      fc.property(config, config, (a, b) => {
        expect(diffConfigs(a, structuredClone(a))).toEqual([])
        const isSame = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
        expect(diffConfigs(a, b).length === 0).toBe(isSame)
      }),
    )
  })

  it('is the same backwards with its sides exchanged', () => {
    fc.assert(
      fc.property(config, config, (a, b) => {
        const there = diffConfigs(a, b).map((c) => [c.path, c.before, c.after])
        const back = diffConfigs(b, a).map((c) => [c.path, c.after, c.before])
        const byPath = (list: unknown[][]) => list.map((c) => JSON.stringify(c)).sort()
        expect(byPath(there)).toEqual(byPath(back))
      }),
    )
  })
})

const sorted = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  )
}

describe('keys that wait for a restart', () => {
  const running = exampleConfig()
  const loaded = (changed: typeof running) => ({
    ...describeConfig(changed),
    config: changed,
    path: null,
  })

  it('all exist', () => {
    // Without a value by default.
    const log_file = 'server.log'
    const complete: typeof running = {
      ...running,
      telemetry: { ...running.telemetry, log_file },
    }
    for (const keys of RESTART_KEYS) {
      let value: unknown = complete
      for (const name of keys) value = (value as Record<string, unknown>)[name]
      expect(value, keys.join('.')).toBeDefined()
    }
  })

  it('are the only ones that are not served', () => {
    const wanted = structuredClone(running)
    wanted.server.port = 1
    wanted.server.drain_timeout_ms = 5
    wanted.encoder.threads = 7
    wanted.index.neighbours = 3
    wanted.index.seed = 4
    wanted.storage.store_text = 'off'
    wanted.keys = { required: 'always', public_metrics: true }
    wanted.training_data = 'elsewhere'
    const served = asServed(loaded(wanted), loaded(running)).config
    expect(diffConfigs(running, served).map(({ path }) => path)).toEqual([
      'server.drain_timeout_ms',
      'index.seed',
      'keys.public_metrics',
    ])
    const waiting = restartRequired(running, wanted)
    expect(diffConfigs(wanted, served).map(({ path }) => path)).toEqual(waiting)
    expect(waiting).toEqual([
      'server.port',
      'encoder.threads',
      'index.neighbours',
      'keys.required',
      'storage.store_text',
      'training_data',
    ])
  })

  it('leave the version as it is where nothing else changed', () => {
    const wanted = { ...running, server: { ...running.server, port: 1 } }
    const served = asServed(loaded(wanted), loaded(running))
    expect(served.version).toBe(loaded(running).version)
    expect(loaded(wanted).version).not.toBe(served.version)
  })
})
