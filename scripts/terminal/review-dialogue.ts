// The review in the terminal: one item after another, one key each (no Enter), until the queue or the input ends.
import { NONE_ROUTE } from '../../src/core/types.ts'
import { RouterError } from '../../src/errors.ts'
import type { RulingRequest, RulingResult } from '../../src/training/review/review.ts'
import type { ReviewItem } from '../../src/training/review/review-item.ts'
import { describeItem } from '../report/describe-review.ts'
import { type Ask, createAsk } from './ask.ts'
import { show } from './output.ts'

export interface DialogueOptions {
  items: readonly ReviewItem[]
  routes: readonly string[]
  rule: (request: Omit<RulingRequest, 'author'>) => Promise<RulingResult>
  input: NodeJS.ReadableStream
  output: NodeJS.WritableStream
}

export interface DialogueCounts {
  accepted: number
  relabelled: number
  rejected: number
  skipped: number
}

const KEYS = {
  decision: '[a] right  [r] another route  [x] hide  [s] skip  [q] quit > ',
  candidate: '[a] accept  [r] another route  [x] leave out  [s] skip  [q] quit > ',
  new_route: '[a] make the route  [r] add to a route  [x] hide  [s] skip  [q] quit > ',
}

type Wish = Omit<RulingRequest, 'author'>

/** `again` goes back to the keys. */
type Answer = Wish | 'skip' | 'quit' | 'again' | 'unknown'

/** What is asked of the item. */
const readWish = async (item: ReviewItem, ask: Ask): Promise<Answer> => {
  const key = await ask.key(KEYS[item.kind])
  if (key === null || key === 'q') return 'quit'
  if (key === 's') return 'skip'
  if (key === 'x') return { id: item.id, action: 'reject' }
  if (key === 'a' && item.kind === 'new_route') {
    const name = await ask.line(`name (empty: ${item.name}) > `)
    if (name === null) return 'quit'
    return { id: item.id, action: 'accept', ...(name !== '' && { route: name }) }
  }
  if (key === 'a') return { id: item.id, action: 'accept' }
  return key === 'r' ? readRoute(item, ask) : 'unknown'
}

/** An empty line goes back to the keys. */
const readRoute = async (item: ReviewItem, ask: Ask): Promise<Answer> => {
  const route = await ask.line('route (tab completes, empty: back) > ')
  if (route === null) return 'quit'
  return route === '' ? 'again' : { id: item.id, action: 'relabel', route }
}

const COUNTED = { accept: 'accepted', relabel: 'relabelled', reject: 'rejected' } as const

const UNKNOWN_KEY = 'Press one of the keys in brackets.\n'

interface Dialogue extends Pick<DialogueOptions, 'rule' | 'output'> {
  ask: Ask
  counts: DialogueCounts
}

/** @returns whether the ruling was accepted; the reason of a refusal (an unknown route, a taken name) is printed */
const carryOut = async (ruling: Wish, { rule, output, counts }: Dialogue): Promise<boolean> => {
  try {
    const { message, yaml } = await rule(ruling)
    show(output, `${message}\n${yaml === null ? '' : `\n${yaml}`}`)
    counts[COUNTED[ruling.action]]++
    return true
  } catch (error) {
    if (!(error instanceof RouterError) || error.isRetryable) throw error
    show(output, `${error.message}\n`)
    return false
  }
}

/** Asks until the item is settled; a question that was answered wrongly is asked again. */
const settle = async (item: ReviewItem, dialogue: Dialogue): Promise<'next' | 'quit'> => {
  const { ask, output, counts } = dialogue
  let isNamingRoute = false
  for (;;) {
    const answer: Answer = await (isNamingRoute ? readRoute(item, ask) : readWish(item, ask))
    if (answer === 'quit') return 'quit'
    if (answer === 'skip') {
      counts.skipped++
      return 'next'
    }
    isNamingRoute = false
    if (answer === 'unknown') show(output, UNKNOWN_KEY)
    if (typeof answer === 'string') continue
    if (await carryOut(answer, dialogue)) return 'next'
    isNamingRoute = answer.action === 'relabel'
  }
}

/** Shows the items in turn. */
export const runDialogue = async (options: DialogueOptions): Promise<DialogueCounts> => {
  const { items, rule, input, output, routes } = options
  const counts = { accepted: 0, relabelled: 0, rejected: 0, skipped: 0 }
  const ask = createAsk({ input, output, words: [...routes, NONE_ROUTE] })
  try {
    for (const [i, item] of items.entries()) {
      show(output, `\n${i + 1} of ${items.length}  ${describeItem(item).join('\n')}\n`)
      if ((await settle(item, { rule, output, ask, counts })) === 'quit') break
    }
  } finally {
    ask.close()
  }
  return counts
}
