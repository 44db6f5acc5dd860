import { describe, expect, it } from 'vitest'
import { packedGrams } from '../../../src/core/classifier/lexical.ts'
import { createReadWords, fitWordHead, wordLogits } from '../../../src/core/classifier/word-head.ts'
import { topTwo } from '../../../src/core/linear/matrix.ts'

const VERBS = [
  ['translate', 'übersetze'],
  ['summarise', 'tl;dr'],
  ['debug', 'fix'],
] as const
const THINGS = ['this letter', 'the report', 'my notes', 'a long page', 'the contract']

const rows = Array.from({ length: 90 }, (_, i) => ({
  label: i % 3,
  text: `${VERBS[i % 3]?.[i % 2]} ${THINGS[i % THINGS.length]}`,
}))
const texts = rows.map(({ text }) => text)
const labels = Int32Array.from(rows, ({ label }) => label)
const grams = packedGrams(texts)
const head = fitWordHead(grams, labels, 3, 1)

describe('the word head', () => {
  it('learns what prompts ask to be done, also of things it has not seen', () => {
    const fresh = ['translate a poem', 'tl;dr the newspaper', 'fix the queue', 'übersetze das Lied']
    const logits = wordLogits(head, packedGrams(fresh))
    expect(fresh.map((_, i) => topTwo(logits, i)[0])).toEqual([0, 1, 2, 0])
  })

  it('knows a word through a typo by its characters', () => {
    expect(topTwo(wordLogits(head, packedGrams(['tanslate the report'])), 0)[0]).toBe(0)
  })

  it('says no more than its bias of words that it never saw', () => {
    const logits = wordLogits(head, packedGrams(['', 'ζζζ']))
    expect([...logits.data]).toEqual([...head.bias, ...head.bias])
  })

  it('comes out the same twice under one seed, and otherwise under another', () => {
    expect(fitWordHead(grams, labels, 3, 1)).toEqual(head)
    expect(fitWordHead(grams, labels, 3, 2).weights).not.toEqual(head.weights)
  })

  it('reads one text as it reads many, over what the array held', () => {
    const many = wordLogits(head, grams.slice(0, 4))
    const read = createReadWords(head)
    const out = new Float32Array(5).fill(7)
    read(texts[2] as string, out, 1)
    expect([...out]).toEqual([7, ...many.data.subarray(6, 9), 7])
    read(texts[2] as string, out, 1)
    expect([...out.subarray(1, 4)]).toEqual([...many.data.subarray(6, 9)])
  })

  it('can be fitted on nothing', () => {
    const empty = fitWordHead([], new Int32Array(0), 2, 1)
    expect([...wordLogits(empty, packedGrams(['anything'])).data]).toEqual([0, 0])
  })
})
