import { expect, it } from 'vitest'
import { modelListSchema, modelSchema } from '../../src/http/endpoints/models.ts'
import { errorSchema } from '../../src/http/openapi/error-schemas.ts'
import { describeHttp } from '../support/http-matrix.ts'

describeHttp('models', (http) => {
  it('lists auto, the routes, the models and the local encoder', async () => {
    const { request } = await http.start()
    const { data } = modelListSchema.parse(await (await request('/v1/models')).json())
    expect(data.map(({ id, owned_by }) => [id, owned_by])).toEqual([
      ['auto', 'signalbox'],
      ['route:code', 'signalbox'],
      ['route:smalltalk', 'signalbox'],
      ['route:general', 'signalbox'],
      ['small', 'demo'],
      ['vendor/large:free', 'demo'],
      ['tiny-encoder', 'signalbox'],
    ])
    expect(data[0]?.created).toBe(Date.UTC(2026, 0, 2) / 1_000)
  })

  it.each(['auto', 'route:code', 'vendor/large:free', 'tiny-encoder'])(
    'shows %s, encoded or not',
    async (id) => {
      const { request } = await http.start()
      for (const path of [id, encodeURIComponent(id)]) {
        const response = await request(`/v1/models/${path}`)
        expect(response.status).toBe(200)
        expect(modelSchema.parse(await response.json()).id).toBe(id)
      }
    },
  )

  it('lists them in the shape of Anthropic for its clients, page by page where they ask for pages', async () => {
    const { request } = await http.start()
    const headers = { 'anthropic-version': '2023-06-01' }
    const response = await request('/v1/models', { headers })
    const list = (await response.json()) as { data: { id: string }[] }
    expect(list).toMatchObject({ has_more: false, first_id: 'auto', last_id: 'tiny-encoder' })
    expect(list.data).toHaveLength(7)
    const small = {
      type: 'model',
      id: 'small',
      display_name: 'small',
      created_at: '2026-01-02T00:00:00.000Z',
    }
    expect(list.data[4]).toEqual(small)
    const ids = list.data.map(({ id }) => id)
    const page = async (query: string) => {
      const told = await (await request(`/v1/models?${query}`, { headers })).json()
      const { data, has_more } = told as { data: { id: string }[]; has_more: boolean }
      return [data.map(({ id }) => id), has_more]
    }
    expect(await page('limit=2')).toEqual([ids.slice(0, 2), true])
    expect(await page(`limit=9&after_id=${ids[1]}`)).toEqual([ids.slice(2), false])
    expect(await page(`limit=2&before_id=${ids[4]}`)).toEqual([ids.slice(2, 4), true])
    expect(await (await request('/v1/models/small', { headers })).json()).toEqual(small)
  })

  it('answers 404 to an id that is not listed', async () => {
    const { request } = await http.start()
    const response = await request('/v1/models/route:nope')
    expect(response.status).toBe(404)
    expect(errorSchema.parse(await response.json()).error.code).toBe('model_not_found')
    const headers = { 'anthropic-version': '2023-06-01' }
    const told = await (await request('/v1/models/nope', { headers })).json()
    expect(told).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
  })
})
