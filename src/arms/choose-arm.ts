// Chooses the arm of a conversation by a hash of its key, so that a conversation stays with its arm.
import type { Arm } from '../core/types.ts'
import type { Generation } from '../vector-index/generation.ts'
import type { LiveCanary } from '../vector-index/live-arms.ts'

/** FNV-1a over UTF-16 units, then murmur3's finaliser: with FNV alone the upper bits of similar keys are equal. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/**
 * Whether a conversation belongs to a canary's share. The generation's number is the salt, so that each canary gets other
 * conversations.
 * @param key of the conversation; see core/conversation/session-key.ts
 */
export const isInShare = (key: string, canary: { generation: number; share: number }): boolean =>
  hashOf(`${canary.generation}:${key}`) / 2 ** 32 < canary.share

export interface ChosenArm {
  arm: Arm
  /** Null where no generation serves yet. */
  generation: Generation | null
}

export interface ArmSource {
  generation(): Generation | null
  canary(): LiveCanary | null
}

/** @param key only called where there is a canary */
export const chooseArm = (source: ArmSource, key: () => string): ChosenArm => {
  const canary = source.canary()
  if (canary !== null && isInShare(key(), canary.arm)) {
    return { arm: 'canary', generation: canary.generation }
  }
  return { arm: 'serving', generation: source.generation() }
}

/** Without arms: no generation is chosen, so the serving one decides. */
export const servingArm = (): ChosenArm => ({ arm: 'serving', generation: null })
