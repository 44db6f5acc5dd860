import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { StoredDecision } from '../../../src/core/records/stored-decision.ts'
import type { Decision } from '../../../src/core/types.ts'
import type { Finding } from '../../../src/quality/lint/finding.ts'
import { type LintInput, lintTraining } from '../../../src/quality/lint/lint.ts'
import { decisionOf } from '../../store/fixtures.ts'
import { createHashingEncoder } from '../../support/hashing-encoder.ts'
import {
  exampleConfig,
  exampleRoute,
  exampleTraining,
  temporaryFolder,
  writeTraining,
} from '../../support/training-folder.ts'

/** Where the example's texts about code and about sums stand. */
const CODE = exampleRoute('code')
const MATH = exampleRoute('math')

const encoder = createHashingEncoder()

const lint = async (files: Record<string, string | object[]>, changes: Partial<LintInput> = {}) => {
  const trainingDir = await writeTraining(join(await temporaryFolder(), 'training-data'), files)
  return lintTraining({
    config: exampleConfig(),
    trainingDir,
    shownDir: 'training-data',
    encoder,
    cache: { get: () => undefined, put: () => {} },
    trained: null,
    store: null,
    ...changes,
  })
}

const of = ({ findings }: { findings: Finding[] }, rule: string) =>
  findings.filter((finding) => finding.rule === rule)

/** The example folder with lines added to files. */
const withLines = (lines: Record<string, object[]>): Record<string, object[]> => {
  const files = exampleTraining()
  for (const [name, rows] of Object.entries(lines)) files[name] = [...(files[name] ?? []), ...rows]
  return files
}

const many = (count: number, text: (i: number) => string, route: string) =>
  Array.from({ length: count }, (_, i) => ({ text: text(i), route }))

describe('signalbox lint on text', () => {
  it('finds nothing wrong with a sound folder but that its routes are thin', async () => {
    const report = await lint(exampleTraining())
    expect(report).toMatchObject({ exemplars: 21, routes: 4, heldOut: 0, errors: 0 })
    expect(of(report, 'duplicate')).toEqual([])
    expect(of(report, 'conflict')).toEqual([])
    expect(of(report, 'encoding')).toEqual([])
  })

  it('names a text that stands twice in a route, with both lines', async () => {
    const text = 'fix this javascript function for me'
    const report = await lint(withLines({ [`${CODE}.jsonl`]: [{ text, route: CODE }] }))
    expect(of(report, 'duplicate')).toMatchObject([
      {
        severity: 'error',
        route: CODE,
        where: [`training-data/${CODE}.jsonl:7`, `training-data/${CODE}.jsonl:2`],
        fix: `Remove training-data/${CODE}.jsonl:7.`,
      },
    ])
  })

  it('only warns of a twin that differs in case', async () => {
    const text = 'Fix this JavaScript function for me'
    const report = await lint(withLines({ [`${CODE}.jsonl`]: [{ text, route: CODE }] }))
    expect(of(report, 'duplicate').map(({ severity }) => severity)).toEqual(['warning'])
  })

  it('calls the same text under two routes a conflict', async () => {
    const text = 'fix this javascript function for me'
    const report = await lint(withLines({ [`${MATH}.jsonl`]: [{ text, route: MATH }] }))
    expect(of(report, 'conflict')).toMatchObject([
      {
        severity: 'error',
        where: expect.arrayContaining([
          `training-data/${MATH}.jsonl:7`,
          `training-data/${CODE}.jsonl:2`,
        ]),
      },
    ])
    expect(of(report, 'conflict')[0]?.message).toContain(`is ${[CODE, MATH].sort().join(' and ')}`)
  })

  it('goes on after a line that a rebuild would refuse', async () => {
    const files = {
      ...exampleTraining(),
      'code.jsonl': '{"text":"a good line","route":"code"}\n{oops\n{"text":"x","route":"math"}\n',
      'meth.jsonl': '{"text":"x","route":"meth"}\n',
    }
    const report = await lint(files)
    expect(of(report, 'invalid-line').map(({ where }) => where[0])).toEqual([
      'training-data/code.jsonl:2',
      'training-data/code.jsonl:3',
    ])
    const [unconfigured] = of(report, 'unconfigured-file')
    expect(unconfigured).toMatchObject({ severity: 'warning', where: ['training-data/meth.jsonl'] })
    expect(unconfigured?.message).toContain('Did you mean "math"?')
    expect(report.exemplars).toBe(16)
  })

  it('finds a held-out prompt among the exemplars, whatever its case', async () => {
    const heldOut = [
      { text: 'PROVE that the sum of angles is constant', route: MATH },
      { text: 'factor a polynomial of degree five', route: MATH },
    ]
    const report = await lint({ ...exampleTraining(), 'held-out.jsonl': heldOut })
    expect(of(report, 'leakage')).toMatchObject([
      {
        severity: 'error',
        where: ['training-data/held-out.jsonl:1', `training-data/${MATH}.jsonl:4`],
      },
    ])
  })

  it.each([
    ['mojibake', 'a cafÃ© in the rue de lâ€™Ã‰glise', 'Windows-1252'],
    ['a replacement character', 'a caf\uFFFD in the rain', 'U+FFFD'],
    ['a control character', 'a page\u000cbreak', 'control'],
    ['a zero-width space', 'zero\u200Bwidth', 'invisible'],
    ['a lone surrogate', 'half an emoji \uD83D here', 'surrogate'],
    ['an HTML entity', 'it&#39;s broken', 'HTML'],
  ])('finds %s', async (_, text, name) => {
    const report = await lint(withLines({ [`${CODE}.jsonl`]: [{ text, route: CODE }] }))
    const [finding, ...others] = of(report, 'encoding')
    expect(others).toEqual([])
    expect(finding?.message).toContain(name)
    expect(finding?.where).toEqual([`training-data/${CODE}.jsonl:7`])
  })

  it.each([
    'naïve café, São João, l’été',
    'tabs\tand\nlines\r\n',
    '👩‍👩‍👧 family',
    'x < 3 && y > 2 &amp;',
  ])('has nothing against %j', async (text) => {
    const report = await lint(withLines({ [`${CODE}.jsonl`]: [{ text, route: CODE }] }))
    expect(of(report, 'encoding')).toEqual([])
  })

  it('names exemplars whose text is cut, and such as say nothing', async () => {
    const words = Array.from({ length: 900 }, (_, i) => `word${i}`).join(' ')
    const code = Array.from({ length: 20 }, (_, i) => `  const v${i} = f(${i});`).join('\n')
    const rows = [
      { text: `${words}\n\n\`\`\`js\n${code}\n\`\`\``, route: 'code' },
      { text: '?!', route: 'code' },
    ]
    const report = await lint(withLines({ 'code.jsonl': rows }))
    expect(of(report, 'cut-text')).toMatchObject([{ where: ['training-data/code.jsonl:7'] }])
    expect(of(report, 'no-signal')).toMatchObject([{ where: ['training-data/code.jsonl:8'] }])
  })
})

describe('signalbox lint on routes', () => {
  it('says how many exemplars a thin route lacks, and lets the default route have none', async () => {
    const report = await lint(exampleTraining(), {
      config: exampleConfig(['code', 'math', 'writing', 'empty']),
    })
    const thin = of(report, 'thin-route')
    expect(thin.map(({ route }) => route)).toEqual(['code', 'empty', 'math', 'none', 'writing'])
    expect(thin[1]).toMatchObject({ figures: { exemplars: 0 } })
    expect(thin[1]?.message).toContain('never be chosen')
    expect(thin[0]?.figures.more).toBeGreaterThanOrEqual(4)
  })

  it('names a route that is many times smaller than the others', async () => {
    const report = await lint(
      withLines({
        'code.jsonl': many(30, (i) => `debug script ${i}`, 'code'),
        'math.jsonl': many(30, (i) => `solve sum ${i}`, 'math'),
        'none.jsonl': many(30, (i) => `lights ${i}`, 'none'),
      }),
    )
    expect(of(report, 'unbalanced-size')).toMatchObject([{ route: 'writing' }])
  })

  it('finds an exemplar in the wrong file', async () => {
    const planted = { text: 'fix the python function that counts to 99', route: 'math' }
    const files = {
      'code.jsonl': many(16, (i) => `fix the python function that counts to ${i}`, 'code'),
      'math.jsonl': [...many(16, (i) => `solve this equation of degree ${i}`, 'math'), planted],
      'writing.jsonl': many(16, (i) => `compose a sad poem of ${i} verses`, 'writing'),
    }
    const noise = of(await lint(files), 'label-noise')
    expect(noise).toMatchObject([{ route: 'math', where: ['training-data/math.jsonl:17'] }])
    expect(noise[0]?.fix).toContain('Move it to code.jsonl')
  })

  it('names two routes that hold the same kind of prompt', async () => {
    const noun = ['list', 'tree', 'graph', 'heap', 'queue', 'stack', 'table', 'array']
    const kinds = (route: string, from: number) =>
      many(8, (i) => `sort the ${noun[(i + from) % 8]} with ${i + from} entries in python`, route)
    const files = {
      ...exampleTraining(),
      'code.jsonl': kinds('code', 0),
      'writing.jsonl': kinds('writing', 20),
    }
    const [finding] = of(await lint(files), 'blurred-routes')
    expect(finding?.message).toMatch(/^code and writing are hard to tell apart/)
    expect(finding?.where.length).toBeGreaterThan(0)
  })

  it('names near texts within a route and across routes', async () => {
    const nightly = 'debug the nightly build of the data warehouse that fails since last tuesday'
    const cities =
      'list all the cities between vienna and trieste that the old southern railway served'
    const files = withLines({
      'code.jsonl': [nightly, `${nightly}!`, cities].map((text) => ({ text, route: 'code' })),
      'math.jsonl': [{ text: `${cities}?`, route: 'math' }],
    })
    const report = await lint(files)
    expect(of(report, 'near-duplicate')).toMatchObject([
      { severity: 'note', where: ['training-data/code.jsonl:8', 'training-data/code.jsonl:7'] },
    ])
    expect(of(report, 'near-conflict')).toMatchObject([{ severity: 'warning' }])
    expect(of(report, 'near-conflict')[0]?.where.toSorted()).toEqual([
      'training-data/code.jsonl:9',
      'training-data/math.jsonl:7',
    ])
  })
})

describe('signalbox lint on style', () => {
  const words = ['rivers', 'glass', 'towns', 'bread', 'moths', 'radio', 'chess', 'knots', 'maps']

  it('names a route whose exemplars share an opening', async () => {
    const files = withLines({
      'math.jsonl': many(
        9,
        (i) => `Please solve the following: problem of ${words[i]} ${i}`,
        'math',
      ),
    })
    const [finding] = of(await lint(files), 'single-style')
    expect(finding).toMatchObject({ route: 'math', severity: 'warning' })
    expect(finding?.message).toContain('start with "please solve the"')
  })

  it('names a route whose form gives it away', async () => {
    const files = withLines({ 'writing.jsonl': many(9, (i) => `${words[i]} and more?`, 'writing') })
    files['writing.jsonl'] = (files['writing.jsonl'] ?? []).slice(6)
    const messages = of(await lint(files), 'single-style').map(({ message }) => message)
    expect(messages.some((m) => m.includes('of writing end with a question mark'))).toBe(true)
  })

  it('names a route of long texts among short ones', async () => {
    const report = await lint({
      'code.jsonl': many(8, (i) => `${words[i]} script`, 'code'),
      'math.jsonl': many(8, (i) => `${words[i]} sums`, 'math'),
      'writing.jsonl': many(
        8,
        (i) => `${words[i]} and ${words.join(' ')} in a long poem`,
        'writing',
      ),
    })
    expect(of(report, 'unbalanced-length')).toMatchObject([{ route: 'writing' }])
  })
})

describe('signalbox lint on past prompts', () => {
  const asDecision = async (n: number, text: string, changes: Partial<Decision> = {}) => ({
    ...decisionOf(n, {
      reason: 'below_threshold',
      encoderId: encoder.id,
      embedding: await encoder.embed(text),
      routingText: { ...decisionOf(n).routingText, text, digest: text },
      scores: [{ route: 'math', score: 0.4 }],
      ...changes,
    }),
    outcome: 'served' as const,
    completion: null,
  })
  const storeOf = (decisions: StoredDecision[]) => ({
    listDecisions: async ({ before }: { before?: string }) =>
      before ? { decisions: [], nextCursor: null } : { decisions, nextCursor: 'more' },
  })
  const tickets = ['book', 'refund', 'change', 'cancel', 'reprint'].map(
    (verb) => `${verb} the concert tickets for saturday`,
  )

  it('makes a gap of prompts of one kind, shows typical ones and what to add', async () => {
    const decisions = await Promise.all(
      [...tickets, 'quantum chromodynamics', 'my left shoe is wet'].map((t, i) => asDecision(i, t)),
    )
    const report = await lint(exampleTraining(), { store: storeOf(decisions) })
    expect(report.lowPrompts).toBe(7)
    const gaps = of(report, 'gap')
    expect(gaps).toMatchObject([{ route: 'math', figures: { prompts: 5 } }])
    expect(gaps[0]?.message).toContain('concert tickets for saturday')
    expect(gaps[0]?.fix).toContain('signalbox add --route math "')
  })

  it('does not take one prompt that was sent often for a kind of prompt', async () => {
    const decisions = await Promise.all(tickets.map((_, i) => asDecision(i, tickets[0] as string)))
    const report = await lint(exampleTraining(), { store: storeOf(decisions) })
    expect(report.lowPrompts).toBe(1)
    expect(of(report, 'gap')).toEqual([])
  })

  it('leaves out decisions of another encoder', async () => {
    const decisions = await Promise.all(
      tickets.map((t, i) => asDecision(i, t, { encoderId: 'another' })),
    )
    const report = await lint(exampleTraining(), { store: storeOf(decisions) })
    expect(report.lowPrompts).toBe(0)
  })

  it('names no text where none is stored', async () => {
    const decisions = await Promise.all(
      tickets.map((t, i) =>
        asDecision(i, t, {
          routingText: { ...decisionOf(i).routingText, text: '', digest: `${i}` },
        }),
      ),
    )
    const [gap] = of(await lint(exampleTraining(), { store: storeOf(decisions) }), 'gap')
    expect(gap?.message).toContain('texts are not stored')
  })
})

it('puts errors first, then warnings, then notes, and counts them', async () => {
  const text = 'fix this javascript function for me'
  const report = await lint(
    withLines({
      'code.jsonl': [
        { text, route: 'code' },
        { text: '?!', route: 'code' },
      ],
    }),
  )
  const order = report.findings.map(({ severity }) => severity)
  expect(order).toEqual([
    ...Array(report.errors).fill('error'),
    ...Array(report.warnings).fill('warning'),
    ...Array(report.notes).fill('note'),
  ])
  expect([report.errors, report.notes]).toEqual([1, 1])
})

it('every finding says what is the matter and what to do', async () => {
  const { findings } = await lint(exampleTraining())
  expect(findings.length).toBeGreaterThan(0)
  for (const { message, fix } of findings) {
    expect(message).toMatch(/\.$/)
    expect(fix.length).toBeGreaterThan(10)
  }
})

it('says where the index and the configuration disagree about the routes', async () => {
  const trained = ['none', ...Object.keys(exampleConfig().routes)]
  expect(of(await lint(exampleTraining(), { trained }), 'index-disagrees')).toEqual([])
  const other = await lint(exampleTraining(), { trained: [...trained, 'law'] })
  expect(of(other, 'index-disagrees')).toMatchObject([
    { severity: 'warning', figures: { unconfigured: 1, untrained: 0 } },
  ])
})

it('refuses a folder that is not there', async () => {
  const trainingDir = join(await temporaryFolder(), 'missing')
  await expect(lint({}, { trainingDir })).rejects.toMatchObject({ code: 'invalid_exemplar' })
})
