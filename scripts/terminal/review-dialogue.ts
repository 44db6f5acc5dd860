// The review in the terminal: one item after another, one key each, until the queue or the input ends.
import { createInterface } from 'node:readline'
import { NONE_ROUTE } from '../../src/core/types.ts'
import { RouterError } from '../../src/errors.ts'
import type { RulingRequest, RulingResult } from '../../src/training/review/review.ts'
import type { ReviewItem } from '../../src/training/review/review-item.ts'
import { describeItem } from '../report/describe-review.ts'
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

/** Routes that begin with what was typed. */
const completer =
  (routes: readonly string[]) =>
  (line: string): [string[], string] => {
    const hits = routes.filter((route) => route.startsWith(line))
    return [hits.length > 0 ? hits : [...routes], line]
  }

/** Asks for a line; null where the input has ended. Lines that come early are kept. */
const createAsk = ({ input, output, routes }: DialogueOptions) => {
  const isTerminal = (output as { isTTY?: boolean }).isTTY === true
  const reader = createInterface({
    input,
    output,
    terminal: isTerminal,
    completer: completer([...routes, NONE_ROUTE]),
  })
  const lines = reader[Symbol.asyncIterator]()
  return {
    ask: async (question: string): Promise<string | null> => {
      show(output, question)
      const { value, done } = await lines.next()
      if (!isTerminal) output.write('\n')
      return done ? null : String(value).trim()
    },
    close: () => reader.close(),
  }
}

type Ask = ReturnType<typeof createAsk>['ask']

/** What is asked of the item, or `skip`, or `quit`. */
const readWish = async (
  item: ReviewItem,
  ask: Ask,
): Promise<Omit<RulingRequest, 'author'> | 'skip' | 'quit' | 'again'> => {
  const key = await ask(KEYS[item.kind])
  if (key === null || key === 'q') return 'quit'
  if (key === 's') return 'skip'
  if (key === 'x') return { id: item.id, action: 'reject' }
  if (key === 'a' && item.kind === 'new_route') {
    const name = await ask(`name (empty: ${item.name}) > `)
    if (name === null) return 'quit'
    return { id: item.id, action: 'accept', ...(name !== '' && { route: name }) }
  }
  if (key === 'a') return { id: item.id, action: 'accept' }
  if (key !== 'r') return 'again'
  const route = await ask('route (tab completes) > ')
  return route === null ? 'quit' : { id: item.id, action: 'relabel', route }
}

const COUNTED = { accept: 'accepted', relabel: 'relabelled', reject: 'rejected' } as const

/** Shows the items in turn. A ruling that is refused (an unknown route, a taken name) is told, and asked again. */
export const runDialogue = async (options: DialogueOptions): Promise<DialogueCounts> => {
  const { items, rule, output } = options
  const counts = { accepted: 0, relabelled: 0, rejected: 0, skipped: 0 }
  const { ask, close } = createAsk(options)
  const settle = async (item: ReviewItem): Promise<'next' | 'quit'> => {
    for (;;) {
      const wish = await readWish(item, ask)
      if (wish === 'quit') return 'quit'
      if (wish === 'again') continue
      if (wish === 'skip') {
        counts.skipped++
        return 'next'
      }
      try {
        const { message, yaml } = await rule(wish)
        show(output, `${message}\n${yaml === null ? '' : `\n${yaml}`}`)
        counts[COUNTED[wish.action]]++
        return 'next'
      } catch (error) {
        if (!(error instanceof RouterError) || error.isRetryable) throw error
        show(output, `${error.message}\n`)
      }
    }
  }
  try {
    for (const [i, item] of items.entries()) {
      show(output, `\n${i + 1} of ${items.length}  ${describeItem(item).join('\n')}\n`)
      if ((await settle(item)) === 'quit') break
    }
  } finally {
    close()
  }
  return counts
}
