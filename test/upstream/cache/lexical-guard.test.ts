// What may differ between two prompts that get one answer, and what may not.
import { describe, expect, it } from 'vitest'
import { lexicalSignature } from '../../../src/upstream/cache/lexical-guard.ts'

const SAME: [a: string, b: string][] = [
  ['explain photosynthesis', 'Please explain photosynthesis.'],
  [
    'explain photosynthesis',
    'Hi there! Could you please explain photosynthesis? Thank you very much!',
  ],
  ['How do I reverse a list?', 'how to reverse a list'],
  ['How can I reverse the list?', 'How would you reverse a list'],
  ["What's the capital of France?", 'what is the capital of france'],
  ["I'd like to know why the sky is blue", 'why is the sky blue'],
  ['tell me how tides work', 'How do tides work?'],
  ["Why isn't it working", 'Why is not it working?'],
  ['Say “hello” twice', 'say “hello” twice.'],
]

const DIFFERENT: Record<string, [a: string, b: string][]> = {
  negation: [
    ['is it safe to eat', 'is it not safe to eat'],
    ['which foods can I eat', "which foods can't I eat"],
    ['with sugar', 'without sugar'],
    ['darf ich das essen', 'darf ich das nicht essen'],
  ],
  numbers: [
    ['add 5 and 7', 'add 5 and 8'],
    ['what is 5!', 'what is 5'],
    ['solve x = -5', 'solve x = 5'],
    ['round 1.5 up', 'round 15 up'],
    ['is .5 in [0,1]', 'is .5 in (0,1)'],
    ['two eggs or three', 'three eggs or two'],
    ['meet at 6 am', 'meet at 6 pm'],
  ],
  units: [
    ['convert 5 miles', 'convert 5 kilometers'],
    ['how warm is 20 °C', 'how warm is 20 °F'],
    ['what are $5 worth', 'what are €5 worth'],
    ['a 10% raise', 'a 10 raise'],
  ],
  quotations: [
    ['translate "good morning"', 'translate "Good Morning"'],
    ["what does 'sanction' mean", "what does 'sanctions' mean"],
    ['run `ls -a`', 'run `ls -A`'],
    ['spell “a”', 'spell “the”'],
  ],
  names: [
    ['who is Maria Braun', 'who is Maria Brown'],
    ['flights to Paris', 'flights to London'],
    ['sort a list in python', 'sort a list in java'],
    ['what is C', 'what is C++'],
    ['install .NET', 'install NET'],
    ['history of the US', 'history of us'],
    ['vitamin A', 'vitamin'],
    ['open notes.txt', 'open notes.md'],
    ['why does parseInt fail', 'why does parseint fail'],
  ],
  'roles and directions': [
    ['convert euros to dollars', 'convert dollars to euros'],
    ['can a cat scare a mouse', 'can a mouse scare a cat'],
    ['walk from school', 'walk to school'],
    ['is alice taller than bob', 'is bob taller than alice'],
  ],
  'time and mood': [
    ['who is the president', 'who was the president'],
    ['can I fly', 'should I fly'],
    ['how do you say thanks', 'how do you say please'],
  ],
  scripts: [
    ['法国的首都是哪里', '德国的首都是哪里'],
    ['столица франции', 'столица германии'],
  ],
}

describe('the signature of a prompt', () => {
  it.each(SAME)('is the same for %j and %j', (a, b) => {
    expect(lexicalSignature(a)).toBe(lexicalSignature(b))
  })

  for (const [difference, pairs] of Object.entries(DIFFERENT)) {
    it.each(pairs)(`tells ${difference} apart: %j and %j`, (a, b) => {
      expect(lexicalSignature(a)).not.toBe(lexicalSignature(b))
    })
  }
})
