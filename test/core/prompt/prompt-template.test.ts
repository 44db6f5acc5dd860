import { describe, expect, it } from 'vitest'
import { routingTextOf } from '../../../src/core/prompt/prompt.ts'
import { questionInTags, questionInTemplate } from '../../../src/core/prompt/prompt-template.ts'
import { QUESTIONS, TEMPLATES } from '../../support/retrieval-templates.ts'

const textOf = (prompt: string): string =>
  routingTextOf(prompt, { maxChars: 8_000, digest: (text) => text }).text

describe.each(Object.entries(TEMPLATES))('of a retrieval prompt (%s)', (_name, template) => {
  it.each(QUESTIONS)('the question is what is classified: %s', (question) => {
    expect(textOf(template(question))).toBe(question)
  })
})

const PASSAGE =
  'The kiln was lit in 1788 and burnt for forty years. Its owner, a widow, sold bricks as far as Riga.'

describe('a template that asks for something itself is left as it is', () => {
  it.each([
    `Classify the question by its subject: history, science or sport.\n\nContext: ${PASSAGE}\nQuestion: Who owned the kiln?\nAnswer:`,
    `Given the following conversation and a follow-up question, rephrase the follow-up question to be a standalone question.\n\nChat history:\n${PASSAGE}\nFollow-up question: and where?\nStandalone question:`,
    `Write a question that the passage answers.\n\nPassage: ${PASSAGE}\nQuestion:`,
    `Translate question and answer into French.\n\nQuestion: Who owned the kiln?\nAnswer: A widow did, and she sold bricks as far as Riga.`,
    `Summarise this chat:\nUser: where is my parcel?\nAgent: It left Riga on Monday, and will be with you tomorrow.\nUser: thanks`,
  ])('%s', (prompt) => {
    expect(questionInTemplate(prompt)).toBe(null)
  })

  it('where the question stands in tags', () => {
    const text = 'Translate this into German: <question>Who owned the kiln?</question>'
    expect(questionInTags(text)).toBe(null)
  })
})
