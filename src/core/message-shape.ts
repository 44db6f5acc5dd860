// The shape of a provider's error message: the words of it that stand on a fixed list, in order, and an ellipsis for anything
// else (a piece of the prompt, a name, a number, a key). A shape may be stored where texts may not, and the same message about
// two requests has the same shape.

const MOST_CHARS = 300
const MOST_WORDS = 24

const WORDS = new Set(
  `a access account allowed already an and answer any api are argument array assistant at authentication authorization available bad balance
  be been billing body blocked busy but by call cannot capacity certificate character completion concurrent connect connection content
  context could credential credentials credit credits current currently daily deadline deployment deprecated did disabled document does
  due enabled engine enough error event exceed exceeded exceeds exhausted exist expected expired failed field file filter filtered
  for forbidden format found free from function gateway got greater has have high image in incorrect input insufficient integer
  internal invalid is it json key large last later least length less like limit limited limits list load loaded loading long longer management many
  maximum message messages method minimum minute missing model models moderation moved must name negative no none not null number
  object of offline on only or organization out output overload overloaded parameter parameters payload payment per permission
  permitted plan please policy positive project prompt property provided provider quota range rate reach reached region reject
  rejected reduce refused request requested requests required requires resource response result retry role route safety schema server
  service settings should size slow spend status stop stream string such supported support system temperature temporarily terminated
  than the their this time timeout to token tokens too tool tools traffic try type unable unauthorized unavailable undefined unexpected
  unknown unprocessable unrecognized unsupported url usage use user valid value values version violation was when
  window with wrong you your`.split(/\s+/),
)

/** A compound such as `rate_limit_exceeded` is known if each of its parts is. */
const isKnown = (token: string): boolean =>
  token
    .toLowerCase()
    .split('_')
    .every((part) => part !== '' && WORDS.has(part))

/**
 * `The model "gpt-9" does not exist` → `the model … does not exist`.
 * @returns null where none of the words is known
 */
export const messageShape = (message: string): string | null => {
  const tokens = message.slice(0, MOST_CHARS).match(/[^\s"'`.,:;!?()[\]{}<>=]+/g) ?? []
  const shape: string[] = []
  for (const token of tokens) {
    const piece = isKnown(token) ? token.toLowerCase() : '…'
    if (piece !== '…' || shape.at(-1) !== '…') shape.push(piece)
    if (shape.length === MOST_WORDS) break
  }
  return shape.some((piece) => piece !== '…') ? shape.join(' ') : null
}
