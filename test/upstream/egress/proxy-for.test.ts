import { expect, it } from 'vitest'
import { proxyFor } from '../../../src/upstream/egress/proxy.ts'

const SETTINGS = {
  http: 'http://one:1',
  https: 'http://two:2',
  except: 'a.test,*.b.test c.test:8443',
}

it.each([
  ['https://api.test/v1', 'HTTPS_PROXY'],
  ['http://api.test/v1', 'HTTP_PROXY'],
  ['https://a.test/v1', null],
  ['https://x.a.test/v1', null],
  ['https://xa.test/v1', 'HTTPS_PROXY'],
  ['https://x.b.test/v1', null],
  ['https://c.test/v1', 'HTTPS_PROXY'],
  ['https://c.test:8443/v1', null],
  ['http://127.0.0.1:9/v1', null],
])('reaches %s by the proxy of %s', (url, variable) => {
  expect(proxyFor(url, SETTINGS)?.variable ?? null).toBe(variable)
})

it('takes the proxy of http for https where that has none, and none where all are excepted', () => {
  expect(proxyFor('https://api.test', { ...SETTINGS, https: '' })?.variable).toBe('HTTP_PROXY')
  expect(proxyFor('https://api.test', { ...SETTINGS, except: '*' })).toBeNull()
  expect(proxyFor('https://api.test', null)).toBeNull()
})
