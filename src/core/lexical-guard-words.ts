// The words of lexical-guard.ts. A word too many in DECISIVE_WORDS costs a hit, one too few a wrong answer.

const words = (list: string): string[] => list.trim().split(/\s+/u)

/** Carry nothing that an answer would depend on. */
export const ARTICLES_AND_AUXILIARIES: ReadonlySet<string> = new Set(
  words('a an the is are am be do does'),
)

const NEGATIONS = words(`
  not no none never nothing nobody nowhere neither nor without cannot hardly barely scarcely rarely seldom except unless
  lack lacks lacking missing avoid avoids avoiding exclude excludes excluding instead false wrong incorrect invalid
  nicht kein keine keinen nie ohne ne pas jamais sans non sin nunca ningún nada não sem mai senza niet geen
`)

const NUMBERS = words(`
  zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
  eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion trillion dozen
  half quarter third double triple twice thrice once single both either each every all any some few many several most
  first second fourth fifth sixth seventh eighth ninth tenth last next previous another other only
`)

const UNITS = words(`
  second seconds minute minutes hour hours day days week weeks month months year years decade century ms millisecond
  milliseconds microsecond microseconds nanosecond nanoseconds daily weekly monthly yearly annual hourly today tomorrow
  yesterday now morning noon evening night tonight monday tuesday wednesday thursday friday saturday sunday january
  february march april june july august september october november december spring summer autumn fall winter
  mm cm m km inch inches foot feet yard yards mile miles meter meters metre metres centimeter centimeters kilometer
  kilometers mg g kg gram grams kilogram kilograms kilo kilos ounce ounces oz pound pounds lb lbs ton tons tonne tonnes
  ml l liter liters litre litres gallon gallons pint pints cup cups tablespoon tablespoons teaspoon teaspoons tbsp tsp
  celsius fahrenheit kelvin degree degrees percent percentage bit bits byte bytes kb mb gb tb kib mib gib hz khz mhz ghz
  watt watts volt volts amp amps joule joules calorie calories kcal pascal bar psi acre acres hectare hectares
  dollar dollars euro euros cent cents yen yuan rupee rupees franc francs peso pesos won krone kronor usd eur gbp jpy
  binary decimal hexadecimal hex octal
`)

const OPPOSITES = words(`
  increase increases increasing decrease decreases decreasing raise lower reduce more less fewer least higher highest
  lowest high low greater greatest smaller smallest bigger biggest larger largest big small large max min maximum minimum
  maximize minimize best worst better worse good bad pros cons advantages disadvantages advantage disadvantage benefits
  drawbacks risks strengths weaknesses up down left right top bottom front back above below inside outside before after
  early late earlier later earliest latest old new older newer oldest newest young short long shorter longer tall fast
  slow faster slower fastest slowest hot cold warm cool wet dry heavy light hard soft easy difficult simple complex cheap
  expensive rich poor open close opened closed opening closing start stop begin end enter exit on off enable disable
  enabled disabled add remove adding removing insert delete create destroy build break install uninstall allow deny allowed
  forbidden permit forbid accept reject include buy sell buying selling borrow lend give take send receive push pull import
  export upload download read write input output encode decode encrypt decrypt compress decompress zip unzip serialize
  deserialize lock unlock login logout connect disconnect attach detach show hide visible hidden public private internal
  external local remote client server male female man woman men women boy girl husband wife mother father son daughter
  brother sister his her he she him hers my your our their i me you we us they them ascending descending asc desc forward
  backward forwards backwards horizontal vertical row rows column columns odd even positive negative true valid correct
  legal illegal safe unsafe dangerous healthy unhealthy possible impossible always sometimes often usually win lose gain
  loss profit pass fail success failure love hate like dislike agree disagree formal informal polite rude active passive
  synchronous asynchronous sync async mutable immutable static dynamic singular plural past present future
`)

const DIRECTIONS = words(`
  to from into onto out of than by for with via versus vs against over under between and or but if then else because
  although while until since during through across per as so
`)

const QUESTIONS = words(`
  who whom whose what when where why which how was were did had has have will would should could can must may might shall
`)

/** Compared wherever they stand. */
export const DECISIVE_WORDS: ReadonlySet<string> = new Set([
  ...NEGATIONS,
  ...NUMBERS,
  ...UNITS,
  ...OPPOSITES,
  ...DIRECTIONS,
  ...QUESTIONS,
])

/** Capitalised at the start of a sentence without being names. */
export const OPENERS: ReadonlySet<string> = new Set(
  words(`
    explain describe tell list name define summarize summarise outline compare discuss suggest recommend help please
    generate make write draft compose translate convert calculate compute find fix debug implement refactor review check
    solve prove plan design teach provide there this that these those it in at let imagine suppose consider
  `),
)

/** In this order, on the whole text. */
export const COURTESIES: readonly [phrase: RegExp, meant: string][] = [
  [/^\s*(?:hi|hello|hey)(?: there)?[,.!]*\s+(?=\S)/iu, ''],
  [/^\s*(?:please|kindly),?\s+/iu, ''],
  [/^\s*(?:can|could|would|will) you(?: please| kindly)?\s+/iu, ''],
  [/[,.!?;]\s*(?:many )?(?:thanks|thank you)(?: (?:so|very) much| a lot| in advance)?[.!\s]*$/iu, ''],
  [/,?\s+please[.!?\s]*$/iu, ''],
  [/\bhow (?:do|can|could|would|should) (?:i|you|we|one)\b/giu, 'how'],
  [/\bhow to\b/giu, 'how'],
]

/** So that "isn't" is a negation and "what's" a question. */
export const CONTRACTIONS: readonly [short: RegExp, long: string][] = [
  [/\bcan(?:'t|not)\b/giu, 'can not'],
  [/\bwon't\b/giu, 'will not'],
  [/\bshan't\b/giu, 'shall not'],
  [/n't\b/giu, ' not'],
  [/\b(what|who|where|when|why|how|that|there|here|it)'s\b/giu, '$1 is'],
  [/\bi'm\b/giu, 'i am'],
  [/'re\b/giu, ' are'],
  [/'ll\b/giu, ' will'],
  [/'ve\b/giu, ' have'],
  [/'d\b/giu, ' would'],
]
