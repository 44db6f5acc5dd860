import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { planImport, vectorProblem } from '../../src/training/exemplars/import-plan.ts'
import {
  formatOfPath,
  type ImportFormat,
  parseRows,
} from '../../src/training/exemplars/import-rows.ts'

const plan = (
  content: string,
  format: ImportFormat,
  more: Partial<Parameters<typeof planImport>[0]> = {},
) =>
  planImport({
    fileName: 'in.x',
    parsed: parseRows(content, { format }),
    existing: [],
    routes: ['code', 'math'],
    map: new Map(),
    dimensions: 2,
    ...more,
  })

const outcome = (...args: Parameters<typeof plan>) => {
  const { added, duplicates, rejected } = plan(...args)
  return {
    added: added.map(({ location, exemplar }) => `${location} ${exemplar.route}: ${exemplar.text}`),
    duplicates: duplicates.map(({ location, reason }) => `${location} ${reason}`),
    rejected: rejected.map(({ location, reason }) => `${location} ${reason}`),
  }
}

describe('import formats', () => {
  it('reads JSON Lines with route or label', () => {
    const content = '{"text":"a","label":"code"}\n\n{"text":"b","route":"math","label":"x"}\n'
    expect(outcome(content, 'jsonl').added).toEqual(['in.x:1 code: a', 'in.x:3 math: b'])
  })

  it('reads CSV with quoted line breaks, and counts lines as an editor does', () => {
    const content = '\uFEFFid,text,intent\r\n1,"a\nb",code\r\n\r\n2,c,math\r\n'
    expect(outcome(content, 'csv').added).toEqual(['in.x:2 code: a\nb', 'in.x:5 math: c'])
  })

  it.each([
    ['a list', '[{"name":"code","utterances":["a",\n"b"]}]', 'json'],
    [
      'an object with routes',
      '{"encoder":"x","routes":[{"name":"code","utterances":["a",\n"b"]}]}',
      'json',
    ],
    ['YAML', '- name: code\n  utterances: [a]\n', 'yaml'],
    [
      'YAML with anchors',
      'routes:\n  - name: code\n    utterances: &u [a]\n  - name: math\n    utterances: [b]\n',
      'yaml',
    ],
  ] as const)("reads semantic-router's routes as %s", (_, content, format) => {
    const { added, rejected } = outcome(content, format)
    expect(rejected).toEqual([])
    expect(added[0]).toMatch(/^in\.x:\d code: a$/)
  })

  it('reads CSV between semicolons or tabs, commas in its text or not', () => {
    for (const delimiter of [';', '\t']) {
      const rows = [
        ['text', 'note', 'route'],
        ['eins, zwei', 'x', 'code'],
        ['"drei"', '', 'math'],
      ]
      const content = rows.map((row) => row.join(delimiter)).join('\r\n')
      expect(outcome(content, 'csv').added).toEqual([
        'in.x:2 code: eins, zwei',
        'in.x:3 math: drei',
      ])
    }
    const commas = 'text,route\na; b,code\n'
    expect(outcome(commas, 'csv').added).toEqual(['in.x:2 code: a; b'])
  })

  it('gives the line of each utterance', () => {
    const content =
      'routes:\n- name: code\n  utterances:\n  - first\n  - 42\n- name: math\n  utterances:\n  - ""\n'
    expect(outcome(content, 'yaml')).toEqual({
      added: ['in.x:4 code: first'],
      duplicates: [],
      rejected: ['in.x:5 its text must be a string', 'in.x:8 its text must not be empty'],
    })
  })

  it.each([
    ['jsonl', '{"text":"a","route":"code"}\n{"text":"b"', 'in.x:2 is not valid JSON'],
    ['jsonl', '["a","code"]', 'in.x:1 is not an object'],
    ['jsonl', '{"text":"a"}', 'in.x:1 has no "route" or "label" or "intent"'],
    ['jsonl', '{"text":null,"route":"code"}', 'in.x:1 its text must be a string'],
    ['jsonl', '{"text":"a","route":7}', 'in.x:1 its label is not a name'],
    [
      'csv',
      'text,kind\na,code\n',
      'in.x:1 the header has no column "route" or "label" or "intent"; it has: text, kind',
    ],
    ['csv', 'text,route\na,code\nb\n', 'in.x:3 has 1 fields, the header 2'],
    ['csv', 'text,route\n"a,code\n', 'in.x:2 is not valid CSV'],
    ['json', '{"routes":[', 'is not valid JSON'],
    ['json', '{"things":[]}', 'in.x:1 expected a list'],
    ['json', '[{"utterances":["a"]}]', 'in.x:1 has utterances but no "name"'],
    ['yaml', 'routes: [a, b', 'is not valid YAML'],
  ] as const)('rejects broken %s %s', (format, content, reason) => {
    const { rejected } = outcome(content, format)
    expect(rejected.join('\n')).toContain(reason)
  })

  it('knows the format by the name, or asks for it', () => {
    expect(formatOfPath('a/b.YML')).toBe('yaml')
    expect(() => formatOfPath('a.txt')).toThrow('--format')
  })

  it('takes any file as rows and reasons, and never throws', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 80, unit: 'grapheme' }),
        fc.constantFrom<ImportFormat>('jsonl', 'csv', 'json', 'yaml'),
        (content, format) => {
          const { rows, bad } = parseRows(content, { format })
          for (const { line } of [...rows, ...bad]) expect(line).toBeGreaterThanOrEqual(1)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('import plan', () => {
  const existing = [
    {
      id: 'ex_1',
      text: 'Known text',
      route: 'code',
      source: 'seed' as const,
      location: 't/code.jsonl:1',
      isLibrary: false,
    },
  ]

  it('skips what is there already, in the training data or in the file', () => {
    const content =
      '{"text":"known  TEXT","route":"code"}\n{"text":"a","route":"code"}\n{"text":"A","route":"code"}'
    expect(outcome(content, 'jsonl', { existing })).toEqual({
      added: ['in.x:2 code: a'],
      duplicates: ['in.x:1 same text as t/code.jsonl:1', 'in.x:3 same text as in.x:2'],
      rejected: [],
    })
  })

  it('rejects a text that another route has, in the training data or in the file', () => {
    const content =
      '{"text":"known text","route":"math"}\n{"text":"a","route":"code"}\n{"text":"a","route":"math"}'
    expect(outcome(content, 'jsonl', { existing }).rejected).toEqual([
      'in.x:1 t/code.jsonl:1 has the same text under code, not math',
      'in.x:3 in.x:2 has the same text under code, not math',
    ])
  })

  it('maps labels to routes, and suggests for the others', () => {
    const content =
      '{"text":"a","label":"programming"}\n{"text":"b","label":"Code"}\n{"text":"c","label":"none"}'
    const { added, rejected } = outcome(content, 'jsonl', {
      map: new Map([['programming', 'code']]),
    })
    expect(added).toEqual(['in.x:1 code: a', 'in.x:3 none: c'])
    expect(rejected[0]).toContain('Did you mean "code"?')
    expect(rejected[0]).toContain('--map "Code"=ROUTE')
  })

  it.each([
    ['[1, null]', 'position 1: null'],
    ['[1, "2"]', 'position 1: string'],
    ['[1, 1e999]', 'position 1: Infinity'],
    ['[1]', '1 numbers, the encoder gives 2'],
    ['[0, 0]', 'is zero'],
    ['"abc"', 'not a list'],
    ['null', 'not a list'],
  ])('rejects a row with the vector %s', (vector, reason) => {
    const { rejected } = outcome(`{"text":"a","route":"code","vector":${vector}}`, 'jsonl')
    expect(rejected[0]).toContain(reason)
    expect(rejected[0]).toContain('in.x:1')
  })

  it('refuses NaN in JSON, and a bad embedding in a CSV cell', () => {
    expect(outcome('{"text":"a","route":"code","embedding":[NaN,1]}', 'jsonl').rejected[0]).toBe(
      'in.x:1 is not valid JSON',
    )
    const csv = 'text,route,embedding\na,code,"[1, null]"\nb,code,"[1, 2]"\nc,code,oops\n'
    const { added, rejected } = outcome(csv, 'csv')
    expect(added).toEqual(['in.x:3 code: b'])
    expect(rejected.map((line) => line.slice(0, 6))).toEqual(['in.x:2', 'in.x:4'])
  })

  it('accepts a vector exactly when it is finite, not zero and of the right length', () => {
    const entry = fc.oneof(fc.double(), fc.constantFrom<unknown>(null, undefined, '1', true, 1n))
    fc.assert(
      fc.property(fc.array(entry, { minLength: 0, maxLength: 4 }), (vector) => {
        const isSound =
          vector.length === 2 &&
          vector.every((x) => typeof x === 'number' && Number.isFinite(x)) &&
          vector.some((x) => x !== 0)
        expect(vectorProblem(vector, 2) === null).toBe(isSound)
      }),
    )
  })
})
