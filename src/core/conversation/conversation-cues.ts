// Words that distinguish a follow-up from a stand-alone request: closed word classes only (function words, acknowledgements,
// comparatives, pronouns), in the most frequent languages of prompts. None of them names a subject or a route.

import { MORE_ACTIONS, MORE_EDITS, MORE_OPENINGS, MORE_PLAIN, MORE_YES } from './follow-up-words.ts'

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/))

/** Any of the alternatives as whole words, in any script that has words. */
const phrases = (...alternatives: string[]): RegExp =>
  new RegExp(`(?<!\\p{L})(?:${alternatives.join('|')})(?!\\p{L})`, 'u')

/** Any of the alternatives at the start of a turn. */
const opening = (...alternatives: string[]): RegExp =>
  new RegExp(`^(?:${alternatives.join('|')})(?!\\p{L})`, 'u')

/** Words that carry no subject of their own. */
export const FUNCTION_WORDS = words(`
  a an the and or but so if of in on at to for from by with about into over than then as is are was were be been being am
  do does did done doing have has had i you he she we they me him us them my your his her our their its it this that these
  those there here not no don't doesn't isn't aren't can't won't can could would should will shall may might must let's
  lets let just also too very really quite bit little lot tho though please pls plz what which who whom whose when where
  why how i'm you're it's that's what's i'd i'll i've there's some any all both each every one two three four five six
  seven eight nine ten number get got gets come comes came go goes going went see say said mean means
  happen happens happened look looks want wants need needs like think know seem ok okay now still yet only even much many something anything everything nothing thing things
  der die das den dem des ein eine einen einem einer und oder aber wenn dann als ist sind war waren sein bin hat haben
  hatte ich du er sie es wir ihr mich mir dich dir uns euch ihm ihn ihnen mein dein sein unser nicht kein keine ja nein
  doch mal bitte auch noch nur sehr was wer wie wo wann warum wieso welche welcher welches mit von zu zum zur für auf an
  im am bei nach aus über unter vor so da dort hier dies diese dieser dieses jetzt nun etwas soll sollen kann kannst
  können könntest stehen eins eines
  le la les l' un une des du de d' et ou mais si est sont était être a ont avoir je tu il elle on nous vous ils elles me
  te se lui leur mon ma mes ton ta tes son sa ses notre votre ne pas plus que qui quoi où quand comment pourquoi quel
  quelle avec pour par sur sous dans en au aux ce cet cette ces ça cela y s'il plaît stp svp très aussi encore maintenant
  el los las una unos unas y o pero es son era ser está están estar yo tú él ella nosotros ellos mi mis tu tus su sus no
  sí con por para sobre en al del este esta esto ese esa eso qué quién cómo cuándo dónde cuál también muy más ya ahora
  lo que si hay
  os as um uma e ou mas é são estar eu ele nós eles meu minha seu sua não sim com por para em no na nos nas ao do da dos
  das este isto esse isso que quem como quando onde porque porquê qual também muito mais agora
  il lo gli uno ed ma è sono io lui lei noi voi loro mio mia tuo suo suoi non con per su nel nella al alla questo quello
  questi che chi come quando dove perché quale anche molto più ora adesso
  het een en of maar als is zijn ik jij je hij zij wij we mijn jouw niet geen met van te voor op aan bij naar uit dit dat
  deze die wat wie hoe waar wanneer waarom welke ook nog heel nu er
  ${MORE_PLAIN}
`)

/** Agreement, refusal and hesitation that a turn begins with. */
export const ACKNOWLEDGEMENTS = words(`
  yes yep yeah yup ya sure ok okay k alright right fine good great nice cool perfect awesome excellent no nope nah hm hmm
  mm mmm ah oh uh wow absolutely definitely exactly correct agreed sounds please
  ja jep jawohl gut super prima klar genau stimmt okay nein nee ach aha gerne passt
  oui ouais non bien parfait d'accord accord bon voilà entendu
  sí si vale claro bueno perfecto bien genial sip exacto
  sim claro certo ótimo perfeito tá beleza não
  va bene certo perfetto ottimo esatto
  goed prima oké graag mooi nee zeker
  да нет хорошо ладно tak nie dobrze
  ${MORE_YES}
`)

/** Openings that tie a turn to the one before. A single `what` or `how` opens any question, so they are phrases. */
export const CONTINUATION = opening(
  'and|but|or|so|then|plus|also|(?:what|how) (?:about|if)',
  'und|aber|oder|dann|was ist mit|wie wäre es|was wenn',
  'et|mais|ou|puis|alors',
  'y|pero|entonces|qué tal|e|mas|então|ed|ma|allora',
  'en|maar|dus',
  ...MORE_OPENINGS,
)

/** Weaker openings: many new requests begin with `now`, too. */
export const NOW = opening('now|next|jetzt|nun|maintenant|ahora|agora|adesso|ora|nu|теперь|teraz')

/** Words that ask to change an earlier answer: comparatives, repetition, replacement. */
export const EDITS = words(`
  shorter longer simpler easier harder better bigger smaller softer stronger warmer friendlier funnier nicer clearer
  faster slower cheaper lighter darker more less fewer again another instead without except same different else other
  rather redo retry undo revert continue proceed further only change keep remove add drop skip expand elaborate rephrase
  reword concise brief detailed formal informal casual polite simple
  noch kürzer länger einfacher besser schöner freundlicher förmlicher lockerer mehr weniger wieder nochmal nochmals anders
  stattdessen ohne lieber eher weiter ausführlicher knapper
  court courte plus moins encore autre autres mieux différent sans plutôt soutenu continue développe
  corto corta más menos otra otro mejor diferente sin continúa sigue formal
  curto mais menos outra outro melhor diferente continua breve più meno ancora altra altro meglio senza piuttosto
  corto korter langer meer minder nog andere anders beter zonder liever opnieuw verder formeler
  ${MORE_EDITS}
`)

/** Pronouns and ordinals that refer to earlier turns; words that are as often articles are left out. */
export const POINTERS = words(`
  it that this those them these they he she him her its their there above previous last first second third fourth
  former latter both
  dies davon damit dazu daran darin darauf dort oben letzte erste zweite
  ça cela ceci celui celle ceux dernier dernière premier première
  eso esto aquello último última primero primera isso isto aquilo disso quello questo ultimo
  dat dit ervan daarvan erbij daar laatste eerste tweede
`)

/** Prepositions that a complete request does not begin with: "with error handling", "for 3 people", "as a table". */
export const FRAGMENT = opening(
  'with|without|for|in|as|on|to|from|by|using|like|at',
  'mit|ohne|für|als|auf|bei|bis|wie|im',
  'avec|sans|pour|en|comme|dans',
  'con|sin|para|como|com|sem|em|per|senza|come',
  'met|zonder|voor|naar',
)

/** Verbs that need an object from an earlier turn. */
export const BARE_ACTIONS = words(`
  go ahead continue proceed commit push merge apply run retry try fix test deploy send save show start stop finish do
  undo revert accept use give tell next mach weiter fortfahren los fais vas-y continue hazlo dale adelante sigue faça
  continue fallo vai procedi doe ga door
  ${MORE_ACTIONS}
`)

/** Clauses that announce a change of subject. */
export const SUBJECT_CHANGE = phrases(
  'different (?:thing|question|topic|subject|matter)|(?:something|someone) else (?:now|entirely|completely)',
  'now (?:for )?something (?:else|different)|new (?:topic|question|subject)|unrelated|off[- ]topic',
  'chang(?:e|ing) (?:of )?(?:the )?(?:topic|subject)|switching (?:gears|topics)|on another note',
  'another (?:question|topic|matter)|separate (?:question|issue|thing)|by the way|btw|real question',
  'forget (?:that|it|about that)|never ?mind',
  '(?:was|etwas) (?:ganz )?ander(?:e|e)s|andere frage|anderes thema|themenwechsel|übrigens',
  'autre (?:chose|question|sujet)|rien à voir|au fait|changeons de sujet',
  'otra (?:cosa|pregunta)|cambiando de tema|por cierto',
  'outra (?:coisa|pergunta)|mudando de assunto|a propósito',
  'altra (?:cosa|domanda)|cambiando argomento',
  'iets (?:heel )?anders|andere vraag|trouwens',
  'кстати|другой вопрос|inne pytanie|z innej beczki',
)

/** Thanks, praise, greetings and farewells. */
export const COURTESY = phrases(
  'thanks?|thank you|thx|ty|cheers|much appreciated|good ?(?:bye|night|morning|evening|afternoon)|bye',
  "see you|have a (?:good|nice|great)|you(?:'re| are) (?:the best|great|amazing|awesome|brilliant)|hello|hi there",
  'danke|dankeschön|vielen dank|tschüss|schönen (?:tag|abend)',
  'merci|bonne (?:soirée|journée|nuit)|au revoir',
  'gracias|adiós|buenas noches|obrigad[oa]|tchau|boa noite',
  'grazie|ciao|buona (?:serata|giornata)|dank je|dankjewel|bedankt|doei',
  'спасибо|до свидания|привет|здравствуйте|дякую|dzięki|dziękuję|cześć|děkuji|díky|ahoj|teşekkürler|teşekkür ederim|merhaba',
  'cảm ơn|xin chào|terima kasih|makasih|halo|شكرا|شكراً|مرحبا|السلام عليكم|ممنون|متشکرم|مرسی|سلام|धन्यवाद|शुक्रिया|नमस्ते',
  '감사합니다|고마워|고마워요|안녕|안녕하세요|tack så mycket|tusen takk|mange tak|hej|hei|kiitos paljon|moi|mulțumesc|salut|köszönöm|szia|ευχαριστώ|γεια|תודה|שלום',
)

/** The same at the start of a turn, in scripts without spaces. */
export const UNSPACED_COURTESY =
  /^(?:谢谢|謝謝|多谢|你好|您好|再见|再見|晚安|早上好|ありがとう|こんにちは|こんばんは|おはよう|さようなら|おやすみ|ขอบคุณ|สวัสดี)/u

/** Names of human languages. */
export const LANGUAGE_NAME = phrases(
  'english|german|french|spanish|italian|portuguese|dutch|polish|czech|russian|ukrainian|swedish|danish|norwegian',
  'finnish|greek|turkish|arabic|hebrew|hindi|chinese|mandarin|japanese|korean|vietnamese|thai|latin',
  'deutsch|englisch|französisch|spanisch|italienisch|anglais|allemand|français|espagnol|italien|portugais',
  'inglés|alemán|francés|español|italiano|portugués|inglês|alemão|francês|espanhol|português',
  'inglese|tedesco|francese|spagnolo|engels|duits|frans|spaans|italiaans',
)

/** The user did not understand the answer, or it did not work. */
export const CONFUSION = phrases(
  "(?:don'?t|do not|didn'?t) (?:get|understand|follow)|what do you mean|(?:i'm |i am )?(?:lost|confused)",
  "(?:doesn'?t|didn'?t|still not|not) work(?:ing)?|(?:same|still) (?:an? )?(?:error|problem)",
  'verstehe? (?:ich )?nicht|geht (?:immer noch )?nicht|comprends? pas|marche (?:toujours )?pas',
  'no entiendo|no funciona|não (?:entendi|funciona)|non (?:capisco|funziona)|snap (?:ik )?(?:het )?niet|werkt niet',
)

/** Whole turns that only continue, in scripts without spaces. */
export const UNSPACED_FOLLOW_UP =
  /^(?:好的?|对|是的?|继续|请继续|再来一?[个次]|(?:再|更)?(?:短|长|简单)(?:一?点|些)?|可以|那.{0,6}呢|为什么|はい|うん|続けて|もう一(?:つ|度)|もっと.{0,5}|短く|なぜ|どうして)[。！？!?…\s]*$/u
