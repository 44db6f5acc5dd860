// The manuals say what the code says: generated parts are up to date, and what they point at exists.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { configTable } from '../scripts/docs/config-table.ts'
import { GENERATED_PARTS, withPart } from '../scripts/docs/generated-parts.ts'

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
})
