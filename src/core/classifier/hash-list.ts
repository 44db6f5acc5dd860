// A list of hashes that is filled anew for each text: an array of its own for each would be most of what reading its words leaves to
// the garbage collector.

export interface HashList {
  clear(): void
  push(hash: number): void
  /** What was pushed since `clear`, until the next `clear`. */
  view(): Int32Array
}

const FIRST_LENGTH = 1_024

export const createHashList = (): HashList => {
  let hashes = new Int32Array(FIRST_LENGTH)
  let length = 0
  const grow = (): void => {
    const longer = new Int32Array(2 * hashes.length)
    longer.set(hashes)
    hashes = longer
  }
  return {
    clear: () => {
      length = 0
    },
    push: (hash) => {
      if (length === hashes.length) grow()
      hashes[length++] = hash
    },
    view: () => hashes.subarray(0, length),
  }
}
