// Text of exemplars and routes comes to the map as text: in the page, in what the script reads, and in what is chosen.
import { describe, expect, it } from 'vitest'
import { RouterError } from '../../src/errors.ts'
import { createDashboardApp, csrfIn } from './dashboard-app.ts'

const HOSTILE = '<img src=x onerror=alert(1)>"\'</script><script>alert(2)</script>'
const ESCAPED = '&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&lt;/script&gt;&lt;script&gt;'

const hostileMap = async () => {
  const dashboard = await createDashboardApp({
    getDecision: async () => null,
    listDecisions: async () => ({ decisions: [], nextCursor: null }),
  })
  dashboard.deps.map = async () => ({
    generation: 3,
    kind: 'axes',
    isPending: false,
    exemplars: [{ id: 'ex_1', text: HOSTILE, route: HOSTILE, source: 'import' }],
    places: Float32Array.from([0, 0]),
    unseen: null,
    nearest: null,
    place: () => null,
  })
  return dashboard
}

describe('the map', () => {
  it('shows names of routes literally', async () => {
    const { get } = await hostileMap()
    const html = await (await get('/dashboard/map')).text()
    expect(html).toContain(ESCAPED)
    expect(html).not.toContain('<img src=x')
  })

  it('gives its script text as JSON that no browser takes for a page', async () => {
    const { get } = await hostileMap()
    const answer = await get('/dashboard/map/text?exemplar=0')
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(await answer.json()).toEqual({ route: HOSTILE, text: HOSTILE })
  })

  it('lists what is chosen literally', async () => {
    const { get, post } = await hostileMap()
    const csrf = csrfIn(await (await get('/dashboard/map')).text())
    const answer = await post('/dashboard/map/selection', { csrf, positions: '0', generation: '3' })
    const html = await answer.text()
    expect(html).toContain('1 exemplar and 0 prompts')
    expect(html).toContain(ESCAPED)
    expect(html).not.toContain('<img src=x')
  })

  it('names what is in the way of a move literally', async () => {
    const { get, post, deps } = await hostileMap()
    deps.live = () => ({
      number: 3,
      exemplars: [{ id: 'a,b:c%', text: 'x', route: 'code', source: 'seed' }],
      manifest: { createdAtMs: 0, heldOut: null, classifier: { thresholds: {} } },
    })
    const asked: unknown[] = []
    deps.edits.moveAll = async (lines, route) => {
      asked.push(
        lines.map(({ id }) => id),
        route,
      )
      const error = new RouterError('invalid_exemplar', HOSTILE)
      return { moved: [], refused: lines.map((line) => ({ line, error })) }
    }
    const csrf = csrfIn(await (await get('/dashboard/map')).text())
    const form = { csrf, exemplars: 'a%2cb%3ac%25,ex_9', prompts: '', route: 'math' }
    const html = await (await post('/dashboard/map/place', form)).text()
    expect(asked).toEqual([['a,b:c%'], 'math'])
    expect(html).toContain('Nothing was changed.')
    expect(html).toContain('2 exemplars not moved: &lt;img')
    expect(html).toContain('The index that serves has no such exemplar')
    expect(html).not.toContain('<img src=x')
  })

  it('chooses nothing of another generation', async () => {
    const { get, post } = await hostileMap()
    const csrf = csrfIn(await (await get('/dashboard/map')).text())
    const answer = await post('/dashboard/map/selection', { csrf, positions: '0', generation: '2' })
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('The index is another now')
  })

  it('says so where no index serves', async () => {
    const { get } = await createDashboardApp()
    expect(await (await get('/dashboard/map')).text()).toContain('No index serves yet')
    expect((await get('/dashboard/map/points')).status).toBe(503)
  })
})
