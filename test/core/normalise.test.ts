import { describe, expect, it } from 'vitest'
import { normalise, plainLetters } from '../../src/core/normalise.ts'

describe('other forms of letters become plain ones', () => {
  it.each([
    ['full width', 'Ｓｏｒｔ ｔｈｅ ｌｉｓｔ ｏｆ ２０ ｎａｍｅｓ', 'Sort the list of 20 names'],
    ['mathematical bold', '𝐒𝐨𝐫𝐭 𝐭𝐡𝐞 𝐥𝐢𝐬𝐭', 'Sort the list'],
    ['script and double-struck', '𝒮𝑜𝓇𝓉 𝕥𝕙𝕖 𝖑𝖎𝖘𝖙', 'Sort the list'],
    ['circled and squared', 'Ⓢⓞⓡⓣ 🅂🄾', 'Sort SO'],
    ['ligatures', 'eﬃcient ﬂow', 'efficient flow'],
    ['half-width katakana with its voicing mark', 'ﾃﾞｰﾀ', 'データ'],
    ['Arabic presentation forms', 'ﺳﻼﻡ', 'سلام'],
  ])('%s', (_name, text, plain) => {
    expect(plainLetters(text)).toBe(plain)
  })

  it('what says more than its plain form stays', () => {
    const text = 'x² + ½ ≤ 10 °C … ①，全角标点：“好”？'
    expect(plainLetters(text)).toBe(text)
  })
})

it('a run of combining marks is cut where no language writes more', () => {
  const text = `e${'\u0301'.repeat(200)}`
  expect(normalise(text, 'NFC').length).toBeLessThan(40)
})
