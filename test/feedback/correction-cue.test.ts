import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isCorrection } from '../../src/feedback/correction-cue.ts'

const CORRECTIONS = [
  'no, I meant the snake, not the language',
  'No I said in French',
  'no, no, I was asking about the tax on shares',
  "That's not what I asked",
  'that’s not what I meant.',
  "No, that's wrong",
  'wrong.',
  'Wrong!! try again',
  'wrong answer, it is about cooking',
  'sorry, I meant Berlin',
  'oh wait, I actually meant the second one',
  'not what I asked for',
  "I didn't ask about that",
  'you misunderstood me, I want a poem',
  "you didn't answer my question",
  'Let me rephrase: how do I boil an egg',
  'what I meant was the train to Prague',
  'this is incorrect',
  'no, not that one',
  'Nein, ich meinte die Schlange',
  'nein das ist falsch',
  'Das meinte ich nicht, es geht um Steuern',
  'Falsch.',
  'danach habe ich nicht gefragt',
  'ähm, ich meinte Köln',
  'non, je voulais parler du serpent',
  "ce n'est pas ce que j'ai demandé",
  'no, me refería a la serpiente',
  'eso no es lo que pedí',
  'não, eu quis dizer a cobra',
  'no, intendevo il serpente',
  'nee, ik bedoelde de slang',
  'нет, я имел в виду змею',
  'nie, chodziło mi o węża',
  '不对，我说的是蛇',
  '違う、蛇のことです',
]

const OTHER_TURNS = [
  'no',
  'No thanks, that is all',
  'no problem, and in French?',
  'shorter please',
  'make it more formal',
  'and what about Berlin?',
  'now with error handling',
  'wrong number of arguments in this call: f(x)',
  'Wrong Turn is a film; who directed it?',
  'what is wrong with my loop',
  'falsche Freunde im Englischen, bitte eine Liste',
  'I meant to ask how long to boil an egg',
  'I asked my boss for a raise, how do I follow up?',
  'not sure which one to take, help me choose',
  'yes, do it',
  'that works, thanks',
  "that's great",
  'no sugar recipes for a birthday cake',
  'non-fiction books about the sea',
  'nein danke',
  'No. 5 by Chanel: what does it smell of?',
  `no, I meant ${'this long text '.repeat(40)}`,
]

describe('a correction', () => {
  it.each(CORRECTIONS)('is heard in: %s', (text) => {
    expect(isCorrection(text)).toBe(true)
  })

  it.each(OTHER_TURNS)('is not heard in: %s', (text) => {
    expect(isCorrection(text)).toBe(false)
  })

  it('is heard in no last turn of the conversations that the router is measured on', () => {
    const lines = readFileSync('test/quality/conversations.jsonl', 'utf8').trim().split('\n')
    const turns = lines.flatMap((line) =>
      (JSON.parse(line) as { messages: { role: string; content: unknown }[] }).messages
        .filter(({ role }) => role === 'user')
        .map(({ content }) => content)
        .filter((content): content is string => typeof content === 'string'),
    )
    expect(turns.length).toBeGreaterThan(100)
    expect(turns.filter(isCorrection)).toEqual([])
  })
})
