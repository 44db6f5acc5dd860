// Would a new exemplar help? Duplicates add nothing, and one that lies beside another route's exemplar blurs both.
// Pure: the caller has embedded the text and all exemplars.

import { dot } from '../../core/linear/vectors.ts'
import type { Exemplar } from '../../core/types.ts'
import { textKey } from './exemplar-line.ts'

/** Cosine from which a text of the same route says nothing new. */
export const NEAR_DUPLICATE = 0.95
/** Cosine from which a text of another route contradicts. */
export const CONFLICT = 0.92

export interface NearExemplar {
  exemplar: Exemplar
  /** Cosine, −1 to 1. */
  similarity: number
}

/**
 * `duplicate`: the route has the same text; `contradiction`: another route has. Neither can be overruled, since the
 * training data would not load. `near_duplicate` and `conflict` are about vectors and a matter of opinion.
 */
export interface Objection {
  kind: 'duplicate' | 'contradiction' | 'near_duplicate' | 'conflict'
  neighbour: NearExemplar
}

export interface AdditionCheck {
  objection: Objection | null
  /** Nearest exemplar of the same route, and of all others; null where there is none. */
  nearestSame: NearExemplar | null
  nearestOther: NearExemplar | null
}

export interface AdditionInput {
  text: string
  route: string
  /** Whole row of the text. */
  vector: Float32Array
  exemplars: readonly Exemplar[]
  /** One whole row for each of `exemplars`. */
  vectors: Float32Array
  /** Numbers at the beginning of each row that are its unit-length embedding. */
  searchDimensions: number
}

const nearest = (input: AdditionInput, isMeant: (exemplar: Exemplar) => boolean) => {
  const { vector, vectors, searchDimensions } = input
  let best: NearExemplar | null = null
  input.exemplars.forEach((exemplar, row) => {
    if (!isMeant(exemplar)) return
    const similarity = dot(vector, 0, vectors, row * vector.length, searchDimensions)
    if (best === null || similarity > best.similarity) best = { exemplar, similarity }
  })
  return best as NearExemplar | null
}

const textTwin = ({ text, route, exemplars }: AdditionInput): Objection | null => {
  const key = textKey(text)
  const exemplar = exemplars.find((known) => textKey(known.text) === key)
  if (!exemplar) return null
  const kind = exemplar.route === route ? 'duplicate' : 'contradiction'
  return { kind, neighbour: { exemplar, similarity: 1 } }
}

/** What speaks against adding the text, if anything, and what lies nearest. */
export const checkAddition = (input: AdditionInput): AdditionCheck => {
  const nearestSame = nearest(input, ({ route }) => route === input.route)
  const nearestOther = nearest(input, ({ route }) => route !== input.route)
  let objection = textTwin(input)
  if (objection === null && nearestOther && nearestOther.similarity >= CONFLICT) {
    objection = { kind: 'conflict', neighbour: nearestOther }
  }
  if (objection === null && nearestSame && nearestSame.similarity >= NEAR_DUPLICATE) {
    objection = { kind: 'near_duplicate', neighbour: nearestSame }
  }
  return { objection, nearestSame, nearestOther }
}
