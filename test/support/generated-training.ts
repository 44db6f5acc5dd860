// Any number of short, distinct exemplars for code, math and writing: made, not written, where a test needs many.
import { createRouteLabels } from './route-labels.ts'

const PHRASES: Record<string, { verbs: string[]; things: string[]; tails: string[] }> = {
  code: {
    verbs: ['sort', 'parse', 'debug', 'refactor', 'compile', 'test', 'deploy', 'profile'],
    things: ['a list', 'a json file', 'a class', 'a queue', 'a hash map', 'a socket', 'an api'],
    tails: ['in python', 'in java', 'in rust', 'in go', 'in c', 'in ruby', 'in bash'],
  },
  math: {
    verbs: ['solve', 'integrate', 'differentiate', 'simplify', 'factor', 'prove', 'compute'],
    things: ['a polynomial', 'an equation', 'a matrix', 'a fraction', 'a sum', 'a limit'],
    tails: ['of x', 'of degree three', 'modulo seven', 'over the reals', 'by parts', 'by hand'],
  },
  writing: {
    verbs: ['compose', 'draft', 'write', 'pen', 'invent', 'outline', 'begin'],
    things: ['a poem', 'a toast', 'a short story', 'a letter', 'a speech', 'a limerick'],
    tails: ['about the sea', 'for my sister', 'in spring', 'for a wedding', 'about rain'],
  },
}

/** The n-th phrase about a subject; a number is added once all combinations are used. */
const phrase = (subject: string, n: number): string => {
  const { verbs = [], things = [], tails = [] } = PHRASES[subject] ?? {}
  const round = Math.floor(n / (verbs.length * things.length * tails.length))
  const verb = verbs[n % verbs.length]
  const thing = things[Math.floor(n / verbs.length) % things.length]
  const tail = tails[Math.floor(n / (verbs.length * things.length)) % tails.length]
  return `${verb} ${thing} ${tail}${round === 0 ? '' : `, variant ${round}`}`
}

/** What the phrases about a subject are labelled with. */
export const generatedRoute = createRouteLabels(Object.keys(PHRASES))

/** Files of a training-data folder, one a route, with `perSubject` exemplars each. */
export const generatedTraining = (perSubject: number): Record<string, object[]> =>
  Object.fromEntries(
    Object.keys(PHRASES).map((subject) => [
      `${generatedRoute(subject)}.jsonl`,
      Array.from({ length: perSubject }, (_, n) => ({
        text: phrase(subject, n),
        route: generatedRoute(subject),
      })),
    ]),
  )
