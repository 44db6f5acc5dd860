// The manuals say what the code says: generated parts are up to date, and what they point at exists.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configTable } from '../scripts/docs/config-table.ts'
import { GENERATED_PARTS, withPart } from '../scripts/docs/generated-parts.ts'

const MANUALS = [
  'README.md',
  ...['src', 'scripts', 'test', 'models', 'training-data'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /(?:^|\/)[A-Z]+\.md$/.test(name))
      .map((name) => join(folder, name)),
  ),
]

/** As GitHub names headings in links. */
const anchors = (manual: string): string[] =>
  manual
    .split('\n')
    .filter((line) => /^#+ /.test(line))
    .map((line) => line.replace(/^#+ /, '').toLowerCase())
    .map((text) => text.replaceAll(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'))

const pointsAtNothing = (link: string, file: string): boolean => {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? file : join(dirname(file), path)
  if (!existsSync(target)) return true
  return anchor !== undefined && !anchors(readFileSync(target, 'utf8')).includes(anchor)
}

describe('the manuals', () => {
  it.each(GENERATED_PARTS)('hold the code’s own $name in $file', (part) => {
    const manual = readFileSync(part.file, 'utf8')
    expect(manual, 'out of date: run `npm run docs`').toBe(withPart(manual, part))
  })

  it('describe every key of the configuration', () => {
    const bare = configTable()
      .split('\n')
      .filter((row) => row.endsWith('|  |'))
    expect(bare, 'add .describe() in src/config/config-schema.ts').toEqual([])
  })

  it.each(MANUALS)('link to what exists: %s', (file) => {
    const links = [...readFileSync(file, 'utf8').matchAll(/\]\(([^()\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^https?:/.test(link))
    expect(links.filter((link) => pointsAtNothing(link, file))).toEqual([])
  })

  it.each(MANUALS)('name files that exist: %s', (file) => {
    const named = [...readFileSync(file, 'utf8').matchAll(/`((?:src|scripts|test)\/[\w./-]+)`/g)]
    const missing = named.map(([, path = '']) => path).filter((path) => !existsSync(path))
    expect(missing).toEqual([])
  })

  it('begin with a README of at most 200 lines', () => {
    expect(readFileSync('README.md', 'utf8').split('\n').length - 1).toBeLessThanOrEqual(200)
  })
})
