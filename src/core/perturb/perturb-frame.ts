// Perturbations that add words around a prompt: politeness, filler, context, templates. None of the phrases names a subject or a
// task, so that the request stays the same.

import type { Random } from '../statistics/random.ts'
import { pick } from './perturb-typing.ts'

const POLITE_OPENERS = [
  'Please ',
  'Could you please help: ',
  'Would you mind helping with this? ',
  'I would appreciate your help. ',
  'Can you help me? ',
  'If you have a moment: ',
  'Be so kind: ',
] as const
const POLITE_CLOSERS = [
  ' Thanks!',
  ' Thank you so much.',
  ', please',
  ' Cheers.',
  ' Any help is appreciated.',
  ' Thanks in advance.',
  ' thx',
  ' Much obliged!',
] as const
const FILLERS = [
  'Hi, ',
  'Hello! ',
  'Hey there, ',
  'Quick question: ',
  'OK so ',
  'Um, ',
  'Well, ',
  'So, ',
  'Sorry to bother you, but ',
  'Good morning. ',
  'Right, ',
  'yo, ',
  'Alright then. ',
  'I was wondering... ',
  'Just a thing: ',
] as const
const TRAILING_FILLERS = [
  ', you know',
  ' or so',
  ' I guess',
  ' lol',
  ' :)',
  ' if that makes sense',
  ' hmm',
] as const
const EMPHASIS = [
  ' asap please',
  '!!! URGENT',
  ' I need this today.',
  ' This is quite important to me.',
  ' Make it good.',
  ' Be precise.',
  ' Take your time.',
  ' No rush.',
  ' Keep it short.',
  ' Answer in one go.',
] as const
const BEFORE = [
  'I have been at this for a while now. ',
  'My colleague asked me this today. ',
  'This is for something that I need later today. ',
  'I am new here. ',
  'I tried this yesterday without success. ',
  'Someone told me that you could help. ',
  'Not sure how best to put it. ',
  'One more thing before I go. ',
  "I'm on my phone, so this will be brief. ",
  'Here is what I have been meaning to ask. ',
] as const
const AFTER = [
  ' Let me know if anything is unclear.',
  ' I have asked others already and nobody knew.',
  ' Sorry if this is a silly thing to ask.',
  ' I will be back later to read your reply.',
  ' That is all for now.',
  ' My boss is waiting for it.',
  ' I could not manage on my own.',
  ' Hope that is clear enough.',
  ' Sent from my phone',
  ' You can be frank with me.',
] as const
const TEMPLATES = [
  'Please solve the following: {}',
  'Here is my request: {}',
  'Request: "{}"',
  'Answer the following.\n\n{}',
  'User: {}',
  'Task: {}',
  'Task:\n{}',
  'Q: {}\nA:',
  'Question: {} Answer:',
  'I was asked this: {}',
  'Respond to this message: {}',
  'You are a helpful assistant. {}',
  '### Instruction:\n{}\n\n### Response:',
  'Instruction: {}\nOutput:',
  'Help me with this: {}',
  'My input is: {}',
  'Consider the following and reply.\n"{}"',
  '[prompt] {} [/prompt]',
  'Complete the task below.\n\n{}',
  'Think step by step. {}',
  '{}\n\nThink it through before you answer.',
] as const

const WORDS_KEPT = new Set(['I', "I'm", "I'd", "I've", "I'll"])

/** The text as the continuation of a sentence: first letter in lower case, unless it starts with a name-like word. */
const continued = (text: string): string => {
  const first = /^\S+/.exec(text)?.[0] ?? ''
  if (WORDS_KEPT.has(first) || !/^[A-Z][a-z']*[,:]?$/.test(first)) return text
  return text.charAt(0).toLowerCase() + text.slice(1)
}

const before = (words: string, text: string): string =>
  words + (/[.!?]\s$/.test(words) ? text : continued(text))

/** Appends a closing phrase; before a phrase in lower case the text's full stop is removed. */
const after = (text: string, words: string): string => {
  const trimmed = text.trimEnd()
  if (/^[ ,!:]*[A-Z]/.test(words))
    return /[.?!:…]["'”’)]?$/.test(trimmed) ? trimmed + words : `${trimmed}.${words}`
  return trimmed.replace(/\.$/, '') + words
}

/** "Please …" or "… Thanks!" */
export const politeness = (text: string, random: Random): string =>
  random() < 0.5
    ? before(pick(POLITE_OPENERS, random), text)
    : after(text, pick(POLITE_CLOSERS, random))

/** A greeting or an empty phrase, mostly in front. */
export const filler = (text: string, random: Random): string =>
  random() < 0.75
    ? before(pick(FILLERS, random), text)
    : after(text, pick(TRAILING_FILLERS, random))

/** Urgency, quality, length: additions that say nothing about the task. */
export const emphasis = (text: string, random: Random): string =>
  after(text, pick(EMPHASIS, random))

/** A sentence of context before the text that says nothing about the subject. */
export const prefix = (text: string, random: Random): string => pick(BEFORE, random) + text

/** The same after the text. */
export const suffix = (text: string, random: Random): string => after(text, pick(AFTER, random))

/** "Task: …", "Q: … A:" and other templates of data sets and scripts. */
export const template = (text: string, random: Random): string =>
  pick(TEMPLATES, random).replace('{}', () => text)
