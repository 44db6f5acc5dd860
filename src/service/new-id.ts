// Ids that sort by when they were made: uuid v7, from random bytes fetched many at a time. The library asks the system for
// each id's bytes anew, which takes longer than the rest of an id.
import { randomFillSync } from 'node:crypto'
import { v7 as uuidV7 } from 'uuid'

const ID_BYTES = 16
const IDS_A_FETCH = 256

/** 16 random bytes at a time. */
const createRandomBytes = () => {
  const pool = new Uint8Array(ID_BYTES * IDS_A_FETCH)
  let at = pool.length
  return (): Uint8Array => {
    if (at === pool.length) {
      randomFillSync(pool)
      at = 0
    }
    at += ID_BYTES
    return pool.subarray(at - ID_BYTES, at)
  }
}

/** A random start below half of the 32 bits, so that a millisecond's ids do not run over. */
const startOf = (random: Uint8Array): number =>
  new DataView(random.buffer, random.byteOffset).getUint32(6) >>> 1

/** Each id sorts after the one before, also within a millisecond and where the clock is set back. */
export const createNewId = (now: () => number): (() => string) => {
  const randomBytes = createRandomBytes()
  let msecs = Number.NEGATIVE_INFINITY
  let seq = 0
  return () => {
    const random = randomBytes()
    const at = now()
    if (at > msecs) {
      msecs = at
      seq = startOf(random)
    } else {
      seq += 1
      if (seq === 2 ** 32) {
        msecs += 1
        seq = 0
      }
    }
    return uuidV7({ msecs, seq, random })
  }
}

export const newId = createNewId(Date.now)
