// Which gaps in styles and languages `signalbox lint` names, from the tags on the lines.
import { describe, expect, it } from 'vitest'
import { coverageFindings } from '../../../src/quality/lint/coverage-rules.ts'
import type { LintRow } from '../../../src/quality/lint/finding.ts'

const row = (route: string, tags: { style?: string; language?: string } = {}): LintRow => ({
  text: 'a prompt',
  shaped: 'a prompt',
  route,
  id: 'ex',
  location: `${route}.jsonl:1`,
  isCut: false,
  hasSignal: true,
  style: tags.style ?? null,
  language: tags.language ?? null,
})

const rows = (count: number, route: string, language: string) =>
  Array.from({ length: count }, () => row(route, { language }))

const styled = (route: string, styles: number) =>
  Array.from({ length: styles }, (_, i) => row(route, { style: `style-${i}` }))

describe('coverage of styles', () => {
  it('says nothing of a folder without tags', () => {
    expect(coverageFindings([row('code'), row('math')])).toEqual([])
  })

  it('names the styles that a route with fewer than eight lacks', () => {
    const found = coverageFindings([...styled('code', 10), ...styled('math', 7)])
    expect(found).toMatchObject([
      { rule: 'style-gap', severity: 'warning', route: 'math', figures: { styles: 7, wanted: 8 } },
    ])
    expect(found[0]?.message).toContain('none is style-7, style-8, style-9.')
  })

  it('asks for no more styles than the folder has', () => {
    expect(coverageFindings([...styled('code', 3), ...styled('math', 3)])).toEqual([])
    expect(coverageFindings([...styled('code', 3), ...styled('math', 2)])).toHaveLength(1)
  })

  it('counts a route whose lines have no tag as one without styles', () => {
    const found = coverageFindings([...styled('code', 2), row('math')])
    expect(found).toMatchObject([{ rule: 'style-gap', route: 'math', figures: { styles: 0 } }])
  })
})

describe('coverage of languages', () => {
  it('names each language with fewer than fifteen exemplars that another route covers, with the count', () => {
    const found = coverageFindings([
      ...rows(15, 'code', 'es'),
      ...rows(20, 'code', 'ja'),
      ...rows(14, 'math', 'es'),
    ])
    expect(found).toMatchObject([
      { rule: 'language-gap', severity: 'warning', route: 'math', figures: { languages: 2 } },
    ])
    expect(found[0]?.message).toContain('es (14), ja (0)')
  })

  it('leaves out languages that no route has fifteen exemplars of', () => {
    expect(coverageFindings([...rows(14, 'code', 'sv'), row('math', { language: 'da' })])).toEqual(
      [],
    )
  })
})
