// Perturbations of a prompt's own words: the order of its parts, contractions, synonyms, question ↔ imperative.
// The rules are few on purpose: each keeps the task whatever the subject is.

import { type Random, shuffled } from '../statistics/random.ts'
import { outsideCode } from './perturb-typing.ts'

const MAX_SWAPS = 3
/** Characters; longer first lines are more than an instruction, and the rules would break them. */
const MAX_CLAUSE_CHARS = 160

type Rule = readonly [from: RegExp, to: string]

const SWAPS: readonly Rule[] = [
  [/\bI am\b/gi, "I'm"],
  [/\bI'm\b/gi, 'I am'],
  [/\bI have to\b/gi, 'I must'],
  [/\bI've\b/gi, 'I have'],
  [/\bI'd like\b/gi, 'I would like'],
  [/\bI would like\b/gi, "I'd like"],
  [/\bdon't\b/gi, 'do not'],
  [/\bdo not\b/gi, "don't"],
  [/\bdoesn't\b/gi, 'does not'],
  [/\bdoes not\b/gi, "doesn't"],
  [/\bisn't\b/gi, 'is not'],
  [/\bcan't\b/gi, 'cannot'],
  [/\bcannot\b/gi, "can't"],
  [/\bwon't\b/gi, 'will not'],
  [/\bit's\b/gi, 'it is'],
  [/\bthat's\b/gi, 'that is'],
  [/\bwhat is\b/gi, "what's"],
  [/\bwhat's\b/gi, 'what is'],
  [/\bhow do i\b/gi, 'how can I'],
  [/\bhow can i\b/gi, 'how do I'],
  [/\bhow would i\b/gi, 'how could I'],
  [/\bneed to\b/gi, 'have to'],
  [/\bwant to\b/gi, 'would like to'],
  [/\btell me\b/gi, 'let me know'],
  [/\bgive me\b/gi, 'provide me with'],
  [/\bshow me\b/gi, 'let me see'],
  [/\bhelp me with\b/gi, 'give me a hand with'],
  [/\bbig\b/gi, 'large'],
  [/\bbuy\b/gi, 'purchase'],
  [/\bvery\b/gi, 'really'],
  [/\bbecause\b/gi, 'since'],
  [/\bmaybe\b/gi, 'perhaps'],
  [/\bhowever\b/gi, 'but'],
  [/\bfor example\b/gi, 'for instance'],
  [/\bright now\b/gi, 'at the moment'],
  [/\bkeeps\b/gi, 'keeps on'],
  [/\bbegin\b/gi, 'start'],
  [/\bcalculate\b/gi, 'work out'],
  [/\bcompute\b/gi, 'calculate'],
  [/\bsummari([sz])e\b/gi, 'sum up'],
  [/\btranslate (this|that|it)\b/gi, 'give me a translation of $1'],
  [/\bfix\b/gi, 'correct'],
  [/\bexplain\b/gi, 'describe'],
  [/\bin order to\b/gi, 'to'],
  [/\ba lot of\b/gi, 'lots of'],
  [/\bdifference between\b/gi, 'distinction between'],
]

const VERBS =
  'write|explain|describe|summari[sz]e|translate|give|list|make|find|show|tell|calculate|compute|solve|create|draft|rewrite|extract|convert|compare|fix|check|suggest|help|turn|set|change|cancel|order|book|send|play|add|remove|count|plan|recommend|prove|shorten|edit'

/** Forms of a whole text: a question becomes an imperative, and an imperative a question. The first match is applied. */
const FORMS: readonly Rule[] = [
  [/^(?:can|could|would|will) you (?:please )?(.+?)\?*$/i, '$1'],
  [/^how (?:do|can|would|could|should) i (.+?)\?*$/i, 'tell me how to $1'],
  [
    /^what(?:'s| is| are) the (best way|easiest way) to (.+?)\?*$/i,
    'I am looking for the $1 to $2',
  ],
  [/^what is (.{3,60}?)\?*$/i, 'can you tell me what $1 is?'],
  [/^what are (.{3,60}?)\?*$/i, 'can you tell me what $1 are?'],
  [/^why (?:does|is|do|are|did|was) .+?\?*$/i, 'can you tell me this: $&'],
  [/^i (?:need|want|would like|'d like) you to (.+?)\.*$/i, 'could you $1?'],
  [/^i (?:need|want) to (.+?)\.*$/i, 'how can I $1?'],
  [/^i (?:need|want|would like) (an? .+?)\.*$/i, 'can you get me $1?'],
  [/^can i (.+?)\?*$/i, 'is it possible for me to $1?'],
  [/^is it possible to (.+?)\?*$/i, 'can I $1?'],
  [new RegExp(`^(?:please )?((?:${VERBS})\\b.+?)[.!]*$`, 'i'), 'can you $1?'],
]

/** `to` in the case of what it replaces: a capital stays a capital. */
const inCaseOf = (from: string, to: string): string =>
  /^[A-Z]/.test(from) ? to.charAt(0).toUpperCase() + to.slice(1) : to

const replaceRule = (text: string, [from, to]: Rule): string =>
  text.replace(from, (...found) => {
    const match = String(found[0])
    const filled = to.replace(/\$([&12])/g, (_, group: string) =>
      group === '&' ? match : String(found[Number(group)] ?? ''),
    )
    return inCaseOf(match, filled)
  })

const swapWords = (text: string, random: Random): string => {
  let out = text
  let left = MAX_SWAPS
  const done: string[] = []
  for (const rule of shuffled(SWAPS, random)) {
    // The opposite rule must not undo a replacement.
    if (left === 0 || done.some((put) => put.search(rule[0]) >= 0)) continue
    const next = outsideCode(out, (part) => replaceRule(part, rule))
    if (next === out) continue
    done.push(rule[1])
    out = next
    left--
  }
  return out
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Changes the form of the first line, if it is an instruction; the rest stays. */
const turnForm = (text: string): string => {
  const [first = '', ...rest] = text.trim().split('\n')
  const line = first.trim()
  if (line.length > MAX_CLAUSE_CHARS || /[.?!:]\s/.test(line)) return text
  const ending = line.endsWith(':') ? ':' : ''
  const bare = line.slice(0, line.length - ending.length)
  const small = /^[A-Z][a-z]/.test(bare) ? bare.charAt(0).toLowerCase() + bare.slice(1) : bare
  const rule = FORMS.find(([from]) => from.test(small))
  if (rule === undefined) return text
  const turned = replaceRule(small, rule)
  const cased = small === bare ? turned : capitalised(turned)
  return [ending === '' ? cased : cased.replace(/\?$/, '') + ending, ...rest].join('\n')
}

/** Up to three contractions and synonyms, or question ↔ imperative, or both. */
export const rewording = (text: string, random: Random): string => {
  const kind = random()
  const turned = kind < 0.6 ? turnForm(text) : text
  return kind >= 0.4 || turned === text ? swapWords(turned, random) : turned
}

const SENTENCE_END =
  /(?<=[^\s.][.!?]["')]?)(?<!\b(?:e\.g|i\.e|vs|etc|pp?|Mr|Mrs|Dr|St|no|approx|[A-Za-z])\.)\s+(?=\S)/

const wordCount = (text: string): number => text.split(/\s+/).filter((word) => word !== '').length

/** Instruction and material change places; "following" becomes "above". */
const swapParagraphs = (paragraphs: string[]): string => {
  const first = paragraphs[0] as string
  const last = paragraphs.at(-1) as string
  if (first.length <= MAX_CLAUSE_CHARS) {
    const instruction = first.replace(/\bfollowing\b/gi, 'above').replace(/:\s*$/, '.')
    return [...paragraphs.slice(1), instruction].join('\n\n')
  }
  return last.length <= MAX_CLAUSE_CHARS
    ? [last, ...paragraphs.slice(0, -1)].join('\n\n')
    : paragraphs.join('\n\n')
}

const swapClauses = (text: string): string => {
  const leading =
    /^((?:if|when|because|since|after|before|while|given|although)\s[^,.?!]{6,80}), ([^.?!]{6,160})([.?!]*)$/i.exec(
      text,
    )
  if (leading) {
    const [, clause = '', main = '', end = ''] = leading
    return `${capitalised(main)} ${clause.charAt(0).toLowerCase()}${clause.slice(1)}${end}`
  }
  const material = /^([A-Za-z][^:\n"'`({[]{8,80}): (\S[\s\S]*)$/.exec(text)
  if (material && wordCount(material[1] ?? '') >= 2) return `${material[2]}\n\n${material[1]}`
  const trailing =
    /^([^,.?!:\n]{8,120}?),? ((?:if|when|because|since|after|before|while) [^,.?!:\n]{6,80})([.?!]*)$/i.exec(
      text,
    )
  if (!trailing) return text
  const [, main = '', clause = '', end = ''] = trailing
  return `${capitalised(clause)}, ${main.replace(/^[A-Z](?=[a-z])/, (c) => c.toLowerCase())}${end}`
}

/** Sentences that refer to the one before must not be moved in front of it. */
const LEANS_BACK =
  /^(?:and|also|but|then|now|so|same|or|it|they|he|she|this|that|these|those|→|[–—-])(?!\w)/i

/** True where a sentence has unclosed quotation marks or brackets. */
const isTorn = (sentence: string): boolean =>
  (sentence.match(/"/g)?.length ?? 0) % 2 === 1 ||
  (sentence.match(/[([“«]/g)?.length ?? 0) !== (sentence.match(/[)\]”»]/g)?.length ?? 0)

/** Paragraphs, sentences or clauses in another order; a text of a single clause is unchanged. */
export const reorder = (text: string): string => {
  if (text.includes('```')) return text
  const trimmed = text.trim()
  const paragraphs = trimmed.split(/\n\s*\n/)
  if (paragraphs.length > 1) return swapParagraphs(paragraphs)
  if (trimmed.includes('\n')) return text
  const sentences = trimmed.split(SENTENCE_END)
  if (sentences.length === 1) {
    const swapped = swapClauses(trimmed)
    return swapped === trimmed ? text : swapped
  }
  const last = sentences.at(-1) as string
  if (LEANS_BACK.test(last) || sentences.some(isTorn)) return text
  const closed = /[.?!]["')]?$/.test(last) ? last : `${last}.`
  return [closed, ...sentences.slice(0, -1)].join(' ')
}
