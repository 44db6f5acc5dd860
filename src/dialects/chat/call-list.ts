// Which tool call of a streamed choice a piece belongs to. Servers give a new id with every piece, repeat the name, number
// every call 0 or not at all; each call gets an index of its own here.
import type { JsonObject } from '../json.ts'
import type { CallNames } from './call-names.ts'
import { createObjectWatch, type ObjectWatch } from './object-watch.ts'

export interface Call {
  index: number
  id: string
  name: string
  /** Index and id in the provider's first piece. */
  readonly first: { key: number | null; id: string }
  /** Its id and name have been sent to the client. */
  isStarted: boolean
  /** All of it has been sent to the client. */
  isEnded: boolean
  /** Arguments that have not been sent. */
  held: string
  watch: ObjectWatch
}

export interface Piece {
  /** The provider's index, or null. */
  key: number | null
  id: string
  name: string
  text: string
  /** The provider's own fields. */
  rest: JsonObject
}

export interface CallList {
  /** The call of a piece, which may be a new one. */
  of(piece: Piece): Call
  readonly calls: readonly Call[]
}

/** Whether a piece without a known id continues `latest`. */
const continues = (latest: Call, { id, name, text }: Piece, names: CallNames): boolean => {
  if (name === '') return true
  const { isWhole, isBlank } = latest.watch
  const isOther = id !== '' && latest.id !== '' && id !== latest.id
  if (isBlank) return names.mayContinue(latest.name, name, isOther)
  const isSame = name === latest.name || latest.name === ''
  return !isWhole || (!isOther && isSame && text.trim() === '')
}

/** Whether a piece begins another call under an id that is taken: some servers give all parallel calls the same. */
const repeatsId = ({ first, watch }: Call, { key, name }: Piece): boolean =>
  key !== null && first.key !== null && key !== first.key && name !== '' && watch.isWhole

export const createCallList = (names: CallNames): CallList => {
  const calls: Call[] = []
  const byId = new Map<string, Call>()
  const byKey = new Map<number | null, Call>()
  const taken = new Set<number>()
  let next = 0

  const open = ({ key, id }: Piece): Call => {
    while (taken.has(next)) next += 1
    const index = key !== null && !taken.has(key) ? key : next
    taken.add(index)
    const initial = { id: '', name: '', isStarted: false, isEnded: false, held: '' }
    const call = { index, first: { key, id }, ...initial, watch: createObjectWatch() }
    calls.push(call)
    return call
  }
  const knownById = (piece: Piece): Call | undefined => {
    if (piece.id === '') return undefined
    const sameKey = byKey.get(piece.key)
    if (sameKey?.first.id === piece.id) return sameKey
    const known = byId.get(piece.id)
    return known && !repeatsId(known, piece) ? known : undefined
  }
  return {
    of: (piece) => {
      const known = knownById(piece)
      const last = piece.key === null ? calls.at(-1) : undefined
      const latest = known ?? byKey.get(piece.key) ?? last
      const isNext = latest && (known || continues(latest, piece, names))
      const call = isNext ? latest : open(piece)
      byKey.set(piece.key, call)
      const isFree = (byId.get(piece.id) ?? call) === call
      if (call.id === '' && !call.isStarted && isFree) call.id = piece.id
      if (piece.id !== '' && isFree) byId.set(piece.id, call)
      return call
    },
    calls,
  }
}
