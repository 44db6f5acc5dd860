import { expect, it } from 'vitest'
import { embeddingsResponseSchema } from '../../src/http/endpoints/embeddings-json.ts'
import { errorSchema } from '../../src/http/openapi/error-schemas.ts'
import { describeHttp } from '../support/http-matrix.ts'

const path = '/v1/embeddings'
const model = 'tiny-encoder'

describeHttp('embeddings', (http) => {
  it('answers one text or many with numbers, in order, and the tokens', async () => {
    const { post } = await http.start()
    const one = await (await post(path, { model, input: 'a b' })).json()
    expect(embeddingsResponseSchema.parse(one)).toMatchObject({
      model,
      data: [{ index: 0 }],
      usage: { prompt_tokens: 2, total_tokens: 2 },
    })
    const many = await (await post(path, { model, input: ['x', 'xx', 'xxx'] })).json()
    const { data } = embeddingsResponseSchema.parse(many)
    expect(data.map(({ index }) => index)).toEqual([0, 1, 2])
    expect(data[2]?.embedding).toHaveLength(4)
    expect(data[0]?.embedding).not.toEqual(data[1]?.embedding)
  })

  it('answers the same numbers in base64', async () => {
    const { post } = await http.start()
    const ask = async (encoding_format: string) => {
      const response = await post(path, { model, input: 'abc', encoding_format })
      return embeddingsResponseSchema.parse(await response.json()).data[0]?.embedding
    }
    const bytes = Buffer.from((await ask('base64')) as string, 'base64')
    const numbers = [0, 4, 8, 12].map((at) => bytes.readFloatLE(at))
    expect(numbers).toEqual(await ask('float'))
  })

  it('takes the encoder’s own dimensions and no others', async () => {
    const { post } = await http.start()
    expect((await post(path, { model, input: 'x', dimensions: 4 })).status).toBe(200)
    const response = await post(path, { model, input: 'x', dimensions: 2 })
    expect(response.status).toBe(400)
    expect(errorSchema.parse(await response.json()).error.param).toBe('dimensions')
  })

  it.each([
    ['input', undefined],
    ['input', []],
    ['input', ''],
    ['input[1]', ['a', ' ']],
    ['input[0]', [1, 2, 3]],
    ['input[0]', [[1, 2, 3]]],
    ['input', Array.from({ length: 2_049 }, () => 'x')],
    ['encoding_format', 'x', { encoding_format: 'int8' }],
  ])('refuses a bad %s', async (param, input, more: object = {}) => {
    const { post } = await http.start()
    const response = await post(path, { model, input, ...more })
    expect(response.status).toBe(400)
    expect(errorSchema.parse(await response.json()).error).toMatchObject({
      code: 'invalid_request',
      param,
    })
  })

  it('hands other models to the provider, body untouched, and answers in the form asked for', async () => {
    const { post, deps } = await http.start()
    const asked: unknown[] = []
    const data = [{ object: 'embedding', index: 0, embedding: [0.5, -1] }]
    deps.embeddings.embedUpstream = async (name, { body, requestId }) => {
      asked.push({ name, body, requestId })
      return { object: 'list', data, model: 'emb-1', usage: { prompt_tokens: 1, total_tokens: 1 } }
    }
    const body = { model: 'small', input: [[1, 2]], encoding_format: 'base64', input_type: 'query' }
    const response = await post(path, body)
    const told = embeddingsResponseSchema.parse(await response.json())
    expect(asked).toEqual([{ name: 'small', body, requestId: 'id-1' }])
    const bytes = Buffer.from(told.data[0]?.embedding as string, 'base64')
    expect([bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([0.5, -1])
  })

  it('gives numbers where the provider gave base64 unasked', async () => {
    const { post, deps } = await http.start()
    const embedding = Buffer.from(Float32Array.of(0.5, -1).buffer).toString('base64')
    deps.embeddings.embedUpstream = async () => ({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding }],
      model: 'emb-1',
    })
    const response = await post(path, { model: 'small', input: 'x' })
    expect(await response.json()).toMatchObject({ data: [{ embedding: [0.5, -1] }] })
  })

  it('answers 404 to a model that there is not', async () => {
    const { post } = await http.start()
    const response = await post(path, { model: 'nope', input: 'x' })
    expect(response.status).toBe(404)
    expect(errorSchema.parse(await response.json()).error.code).toBe('model_not_found')
  })

  it('ends when the client leaves', async () => {
    const { request, deps } = await http.start()
    const controller = new AbortController()
    deps.embeddings.embedLocally = (_texts, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        controller.abort()
      })
    const asked = request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, input: 'x' }),
      signal: controller.signal,
    })
    if (http.isSocket) await expect(asked).rejects.toThrow()
    const line = await deps.logged(({ message }) => message === 'request')
    expect(line.facts).toMatchObject({ status: 499, errorCode: 'client_closed' })
  })
})
