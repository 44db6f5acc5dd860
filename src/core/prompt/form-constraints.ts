// Removes sentences about the form of the answer from the routing text: "In exactly three bullet points.", "No commas.", "Wrap it in
// JSON.", "Think step by step.", "You are an expert." Every word of such a sentence is about form, so a sentence that names a task
// or a subject stays: "Summarise it in three bullet points."

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/))

/** Words for parts and properties of an answer; a form constraint has at least one of them. */
const FORM = words(`
  answer answers response responses reply replies output result results word words sentence sentences paragraph paragraphs bullet
  bullets point points letter letters character characters line lines section sections heading headings title titles list
  comma commas punctuation quotation quotes marks bracket brackets parentheses exclamation question placeholder placeholders
  json xml html yaml csv markdown latex plain format formatted formatting prose boxed bold italic italics uppercase
  lowercase capital capitals caps language languages introduction preamble conclusion explanation explanations reasoning step steps
  postscript ps keyword keywords phrase ending expert assistant specialist persona tone constraints requirements rules length
  antwort sätzen sätze wörter wörtern absätze stichpunkten respuesta palabras frases párrafos réponse mots phrases paragraphes
  resposta palavras risposta parole frasi
`)
/** Words that may surround them: verbs of answering, amounts, order, politeness, function words. */
const AROUND = words(`
  a an the and or but nor no not none never without with within in into of on at to for from by as be is are was has have had do
  does don't doesn't dont must should shall may can could would will need needs i you your yours my me it its that this these those
  there each every all any only just also too very so than then if when before after between per both either other another one two
  three four five six seven eight nine ten twelve fifteen twenty thirty fifty hundred thousand first second third last least most
  more less fewer under over above below exactly about around up maximum minimum max min limit limited single whole entire entirely
  complete completely full fully final please kindly ensure sure make makes write written give given provide use using used include
  including included contain contains containing avoid keep kept respond answer reply return start starts starting begin begins
  beginning end ends ending finish finished put wrap wrapped enclose enclosed inside double single angular highlight highlighted add
  separate separated mention follow following state show explain explaining explain think carefully thoroughly let's speak talk act
  pretend are able experience experienced years decades helpful friendly polite professional honest world-class senior seasoned top
  what asked else anything extra additional unnecessary concise brief briefly short shorter long longer clear clearly direct
  directly simple simply detailed formal informal british american english throughout numbered ordered unordered bulleted valid
  strict strictly well-formed pure raw text style way manner like appear appears times twice once allowed permitted required
  everything nothing keyword via through while how why fill following exact same small lower upper case
  bitte höchstens mindestens genau nicht mehr als in auf por favor en menos máximo sin plus moins maximum sans
`)
const LANGUAGES = words(`
  english german french spanish italian portuguese dutch polish czech russian ukrainian swedish danish norwegian finnish greek
  turkish arabic hebrew hindi urdu bengali punjabi gujarati marathi tamil telugu kannada chinese mandarin japanese korean vietnamese
  thai indonesian malay persian farsi swahili bulgarian romanian hungarian nepali
`)
/** Words for the answer: a language is about form only beside one of them; "write it in Spanish" may be the task. */
const ANSWER = words(
  'answer answers response responses reply respond output language languages entire entirely whole throughout',
)

const WORD = /[\p{L}\p{M}][\p{L}\p{M}'’-]*/gu
const QUOTED = /"[^"\n]{1,200}"|“[^”\n]{1,200}”|'[^'\n]{1,60}'(?!\p{L})|\\boxed\{\}|<<|>>|\*{2,}/gu
/** Signs of code or data, which are never a form constraint. */
const CODE = /[{}=;<>|]|\w\(/
const LEAST_WORDS = 3
const MOST_CHARS = 240
const LEAST_LEFT = 2

const isConstraint = (piece: string): boolean => {
  if (piece.length > MOST_CHARS) return false
  const plain = piece.replace(QUOTED, ' ')
  if (CODE.test(plain)) return false
  const found = plain.toLowerCase().replaceAll('’', "'").match(WORD) ?? []
  if (found.length + Number(plain !== piece) < LEAST_WORDS && !/\p{N}/u.test(plain)) return false
  const isOfAnswer = found.some((word) => ANSWER.has(word))
  const isKnown = (word: string): boolean =>
    FORM.has(word) || AROUND.has(word) || (isOfAnswer && LANGUAGES.has(word))
  return found.some((word) => FORM.has(word)) && found.every(isKnown)
}

/** Boundaries of pieces: after a sentence, a line or a colon. */
const BOUNDARY = /(?<=[.!?。！？:：])[ \t]+|\n/u

const wordsLeft = (text: string): number => text.match(WORD)?.length ?? 0

/**
 * The text without its sentences about the answer's form; the same string where there are none, or where hardly anything else would
 * be left. Linear in the text.
 */
export const withoutFormConstraints = (text: string): string => {
  const pieces = text.split(BOUNDARY)
  if (pieces.length < 2) return text
  const kept = pieces.filter((piece) => !isConstraint(piece))
  if (kept.length === pieces.length) return text
  const rest = kept.join('\n').trim()
  return wordsLeft(rest) >= LEAST_LEFT ? rest : text
}
