import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { editedSource, findVersion, versionBefore } from '../../src/config/edited-source.ts'
import { readConfigText } from '../../src/config/load-config.ts'
import { base } from '../support/reloading-service.ts'

const read = (source: string) => readConfigText(source, { where: 'it', path: null, env: {} })

const COMMENTED = `# Ours.
providers: { demo: { kind: echo } }
models:
  small: { provider: demo, name: small-1 } # cheap
routes:
  code:
    # measured on Tuesday
    threshold: 0.8
    models: [ small ]
  math: { models: [ small ], threshold: 0.5 }
  general: { models: [ small ] }
default_route: general
`

describe('the file, edited so that it amounts to an earlier version', () => {
  it('keeps its comments and what is not concerned', () => {
    const { text, version } = read(stringify(base))
    const edited = editedSource(text, read(COMMENTED))
    expect(edited).toBe(COMMENTED.replace('0.8', '0.5'))
    expect(read(edited).version).toBe(version)
  })

  it('loses and gains routes', () => {
    const { math: _, ...routes } = base.routes
    const fewer = read(
      stringify({ ...base, routes: { ...routes, writing: { models: ['small'] } } }),
    )
    const edited = editedSource(fewer.text, read(COMMENTED))
    expect(edited).toContain('# Ours.')
    const { config } = read(edited)
    expect(Object.keys(config.routes).sort()).toEqual(['code', 'general', 'writing'])
    expect(config).toEqual({ ...fewer.config, routes: config.routes })
  })

  it('is the version itself where the file shares parts by alias', () => {
    const aliased = COMMENTED.replace('small: {', 'small: &it {').concat(
      'resilience: { fallbacks: &f { general: [ small ] } }\n',
    )
    const now = read(
      aliased.replace(
        'math: { models: [ small ], threshold: 0.5 }',
        'math: &m { models: [ small ], threshold: 0.5 }\n  other: *m',
      ),
    )
    const { text, version } = read(stringify(base))
    expect(read(editedSource(text, now)).version).toBe(version)
  })
})

describe('versions', () => {
  const version = (hash: string) => ({ hash, text: '', author: 'x', createdAtMs: 0 })
  const activation = (hash: string, atMs: number) => ({
    id: String(atMs),
    hash,
    author: 'x',
    cause: 'file',
    atMs,
  })

  it('are found by the beginning of their hash, if only one begins so', () => {
    const versions = [version('abc111'), version('abc222'), version('abc')]
    expect(findVersion(versions, 'abc1').hash).toBe('abc111')
    expect(findVersion(versions, 'abc').hash).toBe('abc')
    expect(() => findVersion(versions, 'ab')).toThrow('3 versions begin with ab')
    expect(() => findVersion(versions, 'ff')).toThrow('No configuration that served')
  })

  it('have one before them: what served until this one did', () => {
    const activations = [
      activation('b', 4),
      activation('b', 3),
      activation('a', 2),
      activation('c', 1),
    ]
    expect(versionBefore(activations, 'b')).toBe('a')
    expect(versionBefore(activations, 'a')).toBe('c')
    expect(versionBefore(activations, 'new')).toBe('b')
    expect(() => versionBefore([activation('a', 1)], 'a')).toThrow('No other configuration than a')
  })
})
