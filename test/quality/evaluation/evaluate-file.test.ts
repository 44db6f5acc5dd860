import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  evaluateRows,
  type LabelledRow,
  readLabelledRows,
  trainRouter,
} from '../../../src/quality/evaluation/evaluate-file.ts'
import { embedTexts } from '../../../src/training/exemplars/embed-exemplars.ts'
import { createShape } from '../../../src/training/exemplars/shape.ts'
import { createHashingEncoder } from '../../support/hashing-encoder.ts'
import { exampleConfig, temporaryFolder, writeTraining } from '../../support/training-folder.ts'

const read = async (name: string, content: string) => {
  const dir = await writeTraining(await temporaryFolder(), { [name]: content })
  return readLabelledRows(join(dir, name))
}

const evaluateOn = async (train: LabelledRow[], test: LabelledRow[]) => {
  const encoder = createHashingEncoder()
  const embed = async (rows: LabelledRow[]) =>
    (
      await embedTexts(
        rows.map(({ text }) => text),
        { encoder, concurrency: 4 },
      )
    ).vectors
  const config = exampleConfig().index
  const { dimensions, searchDimensions } = encoder
  const shape = createShape(3_000)
  const vectors = await embed(train)
  const rowShape = { dimensions, searchDimensions }
  const { router } = trainRouter({ rows: train, vectors, ...rowShape, config, shape })
  return evaluateRows({ rows: test, vectors: await embed(test), shape, router, seed: 1 })
}

const rowsOf = (label: string, texts: string[]): LabelledRow[] =>
  texts.map((text) => ({ text, label }))

const TRAIN = [
  ...rowsOf('Card_arrival?', [
    'my card has not arrived',
    'where is my card',
    'card not arrived yet',
  ]),
  ...rowsOf('__proto__', [
    'exchange rate for euros',
    'what exchange rate applies',
    'euros rate today',
  ]),
  ...rowsOf('oos', ['sing me a song', 'tell a joke about dogs', 'sing about dogs']),
]

describe('labelled files', () => {
  it('reads label or route, and takes the label of a predictions file', async () => {
    const content = '{"text":"a","route":"x"}\n{"text":"b","label":"y","top":"z","route":null}\n'
    expect(await read('rows.jsonl', content)).toMatchObject([
      { text: 'a', label: 'x' },
      { text: 'b', label: 'y' },
    ])
    expect(await read('rows.csv', 'label,text\ny,b\n')).toMatchObject([{ text: 'b', label: 'y' }])
  })

  it('reads what rows say of themselves', async () => {
    const content = '{"text":"a","label":"x","also":["y"],"style":["long","typos"],"source":"s"}\n'
    const [row] = await read('rows.jsonl', content)
    expect(row?.tags).toEqual({
      also: ['y'],
      style: ['long', 'typos'],
      language: [],
      source: ['s'],
    })
  })

  it.each([
    ['{"text":"a","label":"x"}\n{"text":1,"label":"x"}', 'rows.jsonl:2: its text is not a string'],
    ['{"text":"a","label":null}', 'rows.jsonl:1: its label is not a string'],
    ['{"text":"a"}', 'rows.jsonl:1: has no "label"'],
    ['', 'has no rows'],
  ])('refuses %s', async (content, message) => {
    await expect(read('rows.jsonl', content)).rejects.toThrow(message)
  })

  it('names a file that is not there', async () => {
    await expect(readLabelledRows('/nowhere/rows.jsonl')).rejects.toThrow('/nowhere/rows.jsonl')
  })
})

describe('fitting and evaluating in memory', () => {
  it('takes any strings as labels, and oos as none', async () => {
    const { predictions, report } = await evaluateOn(TRAIN, [
      { text: 'my card has not arrived', label: 'Card_arrival?' },
      { text: 'what exchange rate for euros', label: '__proto__' },
      { text: 'sing me a song', label: 'oos' },
    ])
    expect(predictions.map(({ top }) => top)).toEqual(['Card_arrival?', '__proto__', 'none'])
    expect(predictions[2]?.route).toBeNull()
    expect(Object.keys(predictions[1]?.scores ?? {}).sort()).toEqual([
      'Card_arrival?',
      '__proto__',
      'none',
    ])
    expect(report).toMatchObject({ rows: 3, noneRows: 1, topAccuracy: 1 })
    expect(report.abstention.noneRecall).toBe(1)
  })

  it('gives scores that sum to one and a confidence between 0 and 1', async () => {
    const { predictions } = await evaluateOn(TRAIN, [{ text: 'a card', label: 'x' }])
    const scores = Object.values(predictions[0]?.scores ?? {})
    expect(scores.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 6)
    expect(predictions[0]?.confidence).toBeGreaterThan(0)
    expect(predictions[0]?.confidence).toBeLessThanOrEqual(1)
  })

  it('abstains on a text that says nothing', async () => {
    const { predictions } = await evaluateOn(TRAIN, [{ text: '?!', label: 'none' }])
    expect(predictions[0]).toMatchObject({ top: null, route: null, confidence: 0, scores: {} })
  })
})
