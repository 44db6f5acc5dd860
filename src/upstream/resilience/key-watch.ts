// Counts and logs providers that refuse their key.
import type { Logger } from '../../core/logger.ts'

export type KeyWatch = ReturnType<typeof createKeyWatch>

export const createKeyWatch = (logger: Logger) => {
  const rejections = new Map<string, number>()
  const rejected = new Set<string>()
  return {
    /** Counts a refused key, and logs it once per provider until a call of it is served again. */
    note: (provider: string, isRejected: boolean): void => {
      if (!isRejected) return void rejected.delete(provider)
      rejections.set(provider, (rejections.get(provider) ?? 0) + 1)
      if (rejected.has(provider)) return
      rejected.add(provider)
      logger.error({ provider }, 'the provider refuses its key; calls to it fail over')
    },
    view: (provider: string) => ({
      isKeyRejected: rejected.has(provider),
      keyRejections: rejections.get(provider) ?? 0,
    }),
  }
}
