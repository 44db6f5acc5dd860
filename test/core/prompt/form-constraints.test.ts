import { describe, expect, it } from 'vitest'
import { withoutFormConstraints } from '../../../src/core/prompt/form-constraints.ts'
import { routingTextOf } from '../../../src/core/prompt/prompt.ts'

const TASK = 'Why do leaves turn red in autumn?'

describe('what an answer must look like is not what is asked', () => {
  it.each([
    'Answer in exactly four bullet points.',
    'Do not use any commas in your response.',
    'Your entire reply must be in lowercase letters, no capital letters are allowed.',
    'Wrap the whole output in double quotation marks.',
    'Please think step by step.',
    'Put your final answer in \\boxed{}.',
    'Your answer should be written entirely in Marathi, no other language is allowed.',
    'Include the keyword "harbour" at least three times.',
    'Finish your response with the exact phrase "Any other questions?".',
    'Use at least 300 words.',
  ])('%s', (constraint) => {
    expect(withoutFormConstraints(`${TASK} ${constraint}`)).toBe(TASK)
    expect(withoutFormConstraints(`${constraint}\n${TASK}`)).toBe(TASK)
  })

  it('in a list under a heading', () => {
    const list = 'Constraints:\n- no more than 80 words\n- no bullet points'
    expect(withoutFormConstraints(`${TASK}\n\n${list}`)).toBe(`${TASK}\n\nConstraints:`)
  })

  it('in front of a colon', () => {
    expect(withoutFormConstraints(`In no more than five sentences: ${TASK}`)).toBe(TASK)
  })

  it('is named by a flag', () => {
    const { text, flags } = routingTextOf(`${TASK} Answer in exactly two sentences.`, {
      maxChars: 8_000,
      digest: (whole) => whole,
    })
    expect({ text, flags }).toEqual({ text: TASK, flags: ['constraint'] })
  })
})

describe('a sentence stays', () => {
  it.each([
    ['that names a task', 'Here is my essay. Summarise it in three bullet points.'],
    ['that names a subject', `${TASK} Write a poem of four lines about it.`],
    ['that asks for a translation', 'I have a letter to my aunt. Translate it into Polish.'],
    ['that is code', 'Why does this fail?\nreturn words.length > 3;'],
    ['that is all there is', 'Answer in exactly four bullet points.'],
    ['of two words', 'JSON please: milk 1.20, eggs 2.75'],
  ])('%s', (_name, text) => {
    expect(withoutFormConstraints(text)).toBe(text)
  })
})
