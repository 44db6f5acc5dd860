// Checks a new exemplar: duplicates add nothing, and one near another route's exemplar blurs both. Pure: the caller embeds the text
// and all exemplars.

import { dot } from '../../core/linear/vectors.ts'
import type { Exemplar } from '../../core/types.ts'
import { textKey } from './exemplar-line.ts'

/** Cosine from which on a text of the same route adds nothing. */
export const NEAR_DUPLICATE = 0.95
/** Cosine from which on a text of another route contradicts. */
export const CONFLICT = 0.92

export interface NearExemplar {
  exemplar: Exemplar
  /** Cosine, −1 to 1. */
  similarity: number
}

/**
 * `duplicate`: the route has the same text; `contradiction`: another route has it. Neither can be overridden, because the training
 * data would not load. `near_duplicate` and `conflict` compare vectors and can be overridden.
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
  /** Length of the unit embedding at the beginning of each row. */
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

/** The objection to adding the text, if any, and the nearest exemplars. */
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
