// Detects corrections: openings of a turn that say that the answer missed the question ("no, I meant …", "that's not what I asked",
// "falsch"). Precision before recall: a plain "no", an edit ("shorter please") and a refusal ("no thanks") do not count.
import { normalise } from '../core/normalise.ts'

/** Any of the alternatives at the start of a turn, ending with a whole word. */
const opening = (...alternatives: string[]): RegExp =>
  new RegExp(`^(?:${alternatives.join('|')})(?!\\p{L})`, 'u')

/** For words that are a correction only by themselves: "wrong." is one, "wrong number in row 3" is not. */
const ALONE = String.raw`(?=\s*(?:[.,!?…:;–—-]|$))`

const CORRECTION = opening(
  // English
  'no,? (?:no,? )*i (?:actually |really )?(?:meant?|said|asked|wanted|was (?:asking|talking|thinking))',
  "no,? (?:no,? )*(?:that's|that is|thats|this is|it's|that was) (?:not|wrong|incorrect)",
  'no,? (?:no,? )*not (?:that|this|what|the|an?|my)',
  String.raw`i (?:actually |really )?meant (?!to(?!\p{L})|well)\p{L}+`,
  'what i (?:actually |really )?(?:meant|wanted|asked(?: for)?) (?:was|is)',
  "(?:that's|that is|thats|this is|it's|that was) (?:totally |completely |just )?(?:wrong|incorrect|not (?:right|correct|it|what))",
  "(?:that|this) (?:isn't|wasn't) (?:right|correct|what)",
  'not (?:at all )?what i (?:asked|meant|wanted|said|was asking)',
  `(?:wrong|incorrect)${ALONE}`,
  'wrong (?:answer|question|topic|subject|one|thing)',
  "i (?:didn't|did not|wasn't|was not) (?:ask|mean|say|want|asking|talking)",
  "you (?:(?:have |'ve )?misunderstood|misread|misinterpreted|got (?:that|it|me) wrong)",
  "you (?:didn't|did not) (?:answer|understand) (?:my|the|what|me)",
  'let me rephrase',
  // German
  'nein,? (?:ich (?:meinte?|wollte|fragte|habe|hab|rede)|das (?:ist|war|stimmt|meinte)|so (?:war|meinte)|nicht (?:das|die|der|den|so))',
  '(?:das|so) (?:meinte|wollte) ich (?:doch |aber )?(?:gar )?nicht|(?:das|so|danach) hab(?:e)? ich (?:doch |aber )?(?:gar )?nicht (?:gefragt|gemeint|gesagt)',
  'ich meinte|das (?:ist|war) (?:leider |völlig |ganz )?falsch|das stimmt (?:so )?nicht|das war nicht (?:meine frage|gefragt|gemeint)',
  `falsch${ALONE}|falsch verstanden|missverstanden|du hast (?:mich|das) (?:falsch|miss)`,
  // French
  "non,? (?:je (?:voulais|parlais|parle|demandais)|ce n'est pas|c'est (?:pas|faux)|pas (?:ça|le|la|les|ce))",
  "ce n'est pas ce que j|c'est pas ce que j|c'est faux|je voulais (?:dire|parler)|je parlais d",
  `faux${ALONE}|(?:tu m'as|tu as|vous m'avez|vous avez) mal compris`,
  // Spanish and Portuguese
  'no,? (?:me refer(?:ía|ia|o)|me refiero|quer(?:ía|ia) decir|quise decir|no es (?:eso|lo que)|eso no)',
  `eso no es (?:lo que|correcto)|me refer(?:ía|ia) a|quise decir|quer(?:ía|ia) decir|incorrecto${ALONE}|me has entendido mal`,
  `não,? (?:eu )?(?:quis dizer|queria dizer|estava (?:a )?fala|não é isso)|não (?:é|foi) isso|errado${ALONE}`,
  // Italian and Dutch
  `no,? (?:intendevo|volevo dire|non è (?:quello|questo))|intendevo|volevo dire|non è quello che|sbagliato${ALONE}`,
  `nee,? (?:ik bedoel(?:de)?|dat is (?:niet|fout)|niet (?:dat|die|de|het))|ik bedoelde|dat is niet wat ik|fout${ALONE}`,
  // Russian and Polish
  `нет,? (?:я (?:имел|имела|про|о|спрашивал|спрашивала)|не то)|я имела? в виду|это не то|неправильно${ALONE}`,
  `nie,? (?:chodziło mi|miałem na myśli|miałam na myśli|to nie)|chodziło mi o|to nie (?:to|o to)|źle${ALONE}`,
)

/** The same in scripts without spaces. */
const UNSPACED_CORRECTION =
  /^(?:不对|不是[,，。]|不,?我|错了|我(?:的意思是|是说|问的是)|違う|違います|そうじゃな|そういう意味じゃ|아니[,요]|틀렸)/u

/** Interjections and courtesies before the correction. */
const PREFACE =
  /^(?:um+|uh+|hm+|ugh|oh|ok(?:ay)?|hey|wait|sorry|oops|actually|well|but|äh+|ähm|sorry|moment|also|aber|euh|mais|pardon|pero|perdón|ma|scusa|maar)(?!\p{L})[\s,.!…–-]*/u

const MOST_PREFACES = 2

/** Characters; longer turns state their subject themselves. */
const LONGEST_CORRECTION = 400

/** @param text routing text of a turn that follows another */
export const isCorrection = (text: string): boolean => {
  if (text.length > LONGEST_CORRECTION) return false
  let rest = normalise(text, 'NFC').toLowerCase().replaceAll('’', "'").replace(/\s+/g, ' ').trim()
  rest = rest.replace(/^[^\p{L}\p{N}]+/u, '')
  for (let i = 0; i <= MOST_PREFACES; i++) {
    // "no!! that's wrong" and "no... I meant" as "no, …".
    const plain = rest.replace(/^(\p{L}+)\s*[.!…,–—:;-]+\s*/u, '$1, ')
    if (CORRECTION.test(plain) || UNSPACED_CORRECTION.test(rest)) return true
    const next = rest.replace(PREFACE, '')
    if (next === rest) return false
    rest = next
  }
  return false
}
