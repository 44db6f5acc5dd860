// How often an address may be wrong about a key: ten times at once, then once in six seconds. Keys are too long to be guessed;
// this keeps the attempts from costing anything.
import { LRUCache } from 'lru-cache'

export interface SignInLimit {
  /** Milliseconds to wait; 0 where another attempt is due. */
  waitMs(address: string): number
  onWrong(address: string): void
}

const BURST = 10
const EACH_MS = 6_000
const MOST_ADDRESSES = 10_000

export const createSignInLimit = ({ now }: { now: () => number }): SignInLimit => {
  /** When all of an address's attempts are forgotten. */
  const forgottenAt = new LRUCache<string, number>({ max: MOST_ADDRESSES })
  const leftMs = (address: string): number => Math.max(0, (forgottenAt.get(address) ?? 0) - now())
  return {
    waitMs: (address) => Math.max(0, leftMs(address) - (BURST - 1) * EACH_MS),
    onWrong: (address) => void forgottenAt.set(address, now() + leftMs(address) + EACH_MS),
  }
}
