// Training data beside the exemplars: the routes' names and descriptions (anchors), and perturbed copies of some exemplars, so that a
// typo or a "please" does not change the route. Neither is ever a neighbour or counted as an exemplar.
import type { Anchors, PerturbedCopies } from '../../core/classifier/classifier.ts'
import { perturbedCopies } from '../../core/perturb/perturb.ts'
import { createRandom, shuffled } from '../../core/statistics/random.ts'

/** Texts to embed, and the function that takes their vectors. */
export interface Augmentation {
  texts: string[]
  /** @param vectors one whole row for each of `texts` */
  complete(vectors: Float32Array): { copies: PerturbedCopies; anchors: Anchors }
}

export interface AugmentInput {
  /** Routing texts of the exemplars, and their routes. */
  texts: readonly string[]
  routes: readonly string[]
  /** Sentences that describe each route; without any, only its name is used. */
  descriptions: Readonly<Record<string, readonly string[]>>
  /** One copy each of at most this many exemplars per route. */
  copiesPerRoute: number
  seed: number
}

const nameAsWords = (route: string): string => route.replace(/[_-]+/g, ' ').trim()

/** Routes without exemplars get no anchors: they could get no neighbours' vote. */
const anchorTexts = ({ descriptions, routes }: AugmentInput) => {
  const present = new Set(routes)
  const described = Object.entries(descriptions).filter(([route]) => present.has(route))
  return described.flatMap(([route, sentences]) =>
    [nameAsWords(route), ...sentences.map((sentence) => sentence.trim())]
      .filter((text) => text !== '')
      .map((text) => ({ route, text })),
  )
}

/**
 * With more routes no copies are made: on many fine intents they cost up to 0.3 points of accuracy and gain nothing (BANKING77,
 * CLINC150); on a dozen kinds of task they gain 0.4 points, and 1.5 points of agreement under paraphrase.
 */
const MAX_COPIED_ROUTES = 50

/** Positions of at most `copiesPerRoute` exemplars of each route that have a text, sampled by the seed. */
const sampled = ({ texts, routes, copiesPerRoute, seed }: AugmentInput): number[] => {
  if (new Set(routes).size > MAX_COPIED_ROUTES) return []
  const taken = new Map<string, number>()
  return shuffled([...texts.keys()], createRandom(seed)).filter((row) => {
    const route = routes[row] as string
    const count = taken.get(route) ?? 0
    if (count >= copiesPerRoute || texts[row] === '') return false
    taken.set(route, count + 1)
    return true
  })
}

export const augment = (input: AugmentInput): Augmentation => {
  const anchors = anchorTexts(input)
  const rows = sampled(input).sort((a, b) => a - b)
  const originals = rows.map((row) => input.texts[row] as string)
  const copies = perturbedCopies(originals, { seed: input.seed, perExemplar: 1 })
  const texts = [...anchors.map(({ text }) => text), ...copies.map(({ text }) => text)]
  return {
    texts,
    complete: (vectors) => {
      const dimensions = texts.length > 0 ? vectors.length / texts.length : 0
      const split = anchors.length * dimensions
      return {
        anchors: {
          vectors: vectors.subarray(0, split),
          texts: anchors.map(({ text }) => text),
          routes: anchors.map(({ route }) => route),
        },
        copies: {
          vectors: vectors.subarray(split),
          texts: copies.map(({ text }) => text),
          origins: copies.map(({ source }) => rows[source] as number),
        },
      }
    },
  }
}
