// Keys and their use in memory, with a switch that takes the store down.
import type { KeyStore } from '../../src/access/key-admin.ts'
import type { DailyUsage, StoredKey } from '../../src/core/decide/gateway-key.ts'

export interface MemoryKeyStore {
  store: KeyStore
  keys: StoredKey[]
  rows: Map<string, DailyUsage>
  state: { isDown: boolean }
}

export const memoryKeyStore = (): MemoryKeyStore => {
  const keys: StoredKey[] = []
  const rows = new Map<string, DailyUsage>()
  const state = { isDown: false }
  const check = () => {
    if (state.isDown) throw new Error('SQLITE_IOERR')
  }
  const store: KeyStore = {
    createKey: async (key) => {
      check()
      keys.push(key)
    },
    listKeys: async () => {
      check()
      return structuredClone(keys)
    },
    revokeKey: async ({ id, atMs }) => {
      check()
      const key = keys.find((one) => one.id === id)
      if (key) key.revokedAtMs ??= atMs
      return key !== undefined
    },
    readKeyUsage: async (sinceDay) => [...rows.values()].filter(({ day }) => day >= sinceDay),
    writeKeyUsage: async (usage) => {
      check()
      for (const row of usage) rows.set(`${row.keyId} ${row.day}`, row)
    },
  }
  return { store, keys, rows, state }
}
