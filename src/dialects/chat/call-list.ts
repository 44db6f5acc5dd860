// Which tool call of a streamed choice a piece belongs to. Servers give a new id with every piece, repeat the name, number
// every call 0 or not at all; each call gets an index of its own here.
import type { JsonObject } from '../json.ts'
import { createObjectWatch, type ObjectWatch } from './object-watch.ts'

export interface Call {
  index: number
  id: string
  name: string
  /** Its id and name have been sent on. */
  isTold: boolean
  /** Arguments that wait for the name or the id. */
  held: string
  watch: ObjectWatch
}

export interface Piece {
  /** The index that the provider gave, or null. */
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
const continues = (latest: Call, { id, name, text }: Piece): boolean => {
  if (name === '') return true
  const { isWhole, isBlank } = latest.watch
  const isSame = name === latest.name || latest.name === ''
  if (isBlank) return isSame
  const isOther = id !== '' && latest.id !== '' && id !== latest.id
  return !isWhole || (!isOther && isSame && text.trim() === '')
}

export const createCallList = (): CallList => {
  const calls: Call[] = []
  const byId = new Map<string, Call>()
  const byKey = new Map<number | null, Call>()
  const taken = new Set<number>()
  let next = 0

  const open = (key: number | null): Call => {
    while (taken.has(next)) next += 1
    const index = key !== null && !taken.has(key) ? key : next
    taken.add(index)
    const call = { index, id: '', name: '', isTold: false, held: '', watch: createObjectWatch() }
    calls.push(call)
    return call
  }
  return {
    of: (piece) => {
      const known = piece.id === '' ? undefined : byId.get(piece.id)
      const last = piece.key === null ? calls.at(-1) : undefined
      const latest = known ?? byKey.get(piece.key) ?? last
      const call = latest && (known || continues(latest, piece)) ? latest : open(piece.key)
      byKey.set(piece.key, call)
      if (call.id === '' && !call.isTold) call.id = piece.id
      if (piece.id !== '') byId.set(piece.id, call)
      return call
    },
    calls,
  }
}
