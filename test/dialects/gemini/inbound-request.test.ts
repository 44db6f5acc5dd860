// Gemini's generateContent request → OpenAI chat.
import { describe, expect, it } from 'vitest'
import { fromGemini } from '../../../src/dialects/gemini/inbound-request.ts'

const hello = [{ role: 'user', parts: [{ text: 'Hello' }] }]
const translate = (fields: Record<string, unknown>, isStream = false) =>
  fromGemini({ contents: hello, ...fields }, { model: 'auto', isStream })
const messagesOf = (...contents: unknown[]) => translate({ contents }).body.messages

describe('the fields', () => {
  it('have their OpenAI names, and nothing is left over', () => {
    const { body, untranslatable, dropped, wantsThoughts } = translate(
      {
        system_instruction: { parts: [{ text: 'Be brief.' }] },
        generationConfig: {
          temperature: 0.3,
          topP: 0.8,
          top_k: 5,
          candidateCount: 2,
          maxOutputTokens: 50,
          stopSequences: ['END'],
          seed: 7,
          thinkingConfig: { includeThoughts: true, thinkingBudget: 10_000 },
          responseModalities: ['TEXT'],
        },
        safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }],
        labels: { team: 'a' },
      },
      true,
    )
    expect(untranslatable).toEqual([])
    expect(dropped).toEqual(['safetySettings'])
    expect(wantsThoughts).toBe(true)
    expect(body).toEqual({
      model: 'auto',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
      temperature: 0.3,
      top_p: 0.8,
      top_k: 5,
      n: 2,
      max_completion_tokens: 50,
      stop: ['END'],
      seed: 7,
      reasoning_effort: 'medium',
      stream: true,
      stream_options: { include_usage: true },
    })
  })

  it.each([
    [{ thinkingLevel: 'HIGH' }, 'high'],
    [{ thinkingBudget: 0 }, 'none'],
    [{ thinkingBudget: 100 }, 'low'],
    [{ thinkingBudget: 24_576 }, 'high'],
    [{ thinkingBudget: -1 }, undefined],
  ])('ask for effort where thinking is configured as %j', (thinkingConfig, effort) => {
    expect(translate({ generationConfig: { thinkingConfig } }).body.reasoning_effort).toBe(effort)
  })

  it('that only Gemini takes are named by their paths', () => {
    const { untranslatable } = translate({
      cachedContent: 'cachedContents/1',
      tools: [{ googleSearch: {} }, { code_execution: {} }],
      generationConfig: { speechConfig: {}, responseMimeType: 'text/x.enum' },
      contents: [{ parts: [{ fileData: { fileUri: 'gs://a/b', mimeType: 'video/mp4' } }] }],
    })
    expect(untranslatable.sort()).toEqual([
      'cachedContent',
      'contents[0].parts[0].fileData',
      'generationConfig.responseMimeType',
      'generationConfig.speechConfig',
      'tools[0].googleSearch',
      'tools[1].codeExecution',
    ])
  })
})

describe('the form of the answer', () => {
  it('is JSON by a schema, whose types Google writes in capitals', () => {
    const responseSchema = {
      type: 'OBJECT',
      properties: {
        type: { type: 'STRING', nullable: true },
        tags: { type: 'ARRAY', items: { type: 'STRING', example: 'a' } },
      },
      required: ['type'],
      propertyOrdering: ['type'],
    }
    const config = { responseMimeType: 'application/json', responseSchema }
    expect(translate({ generationConfig: config }).body.response_format).toEqual({
      type: 'json_schema',
      json_schema: {
        name: 'answer',
        schema: {
          type: 'object',
          properties: {
            type: { type: ['string', 'null'] },
            tags: { type: 'array', items: { type: 'string' } },
          },
          required: ['type'],
        },
      },
    })
  })

  it('is any JSON without one', () => {
    const config = { responseMimeType: 'application/json' }
    const { body } = translate({ generationConfig: config })
    expect(body.response_format).toEqual({ type: 'json_object' })
  })
})

describe('the contents', () => {
  it('with media are parts as OpenAI knows them', () => {
    const [message] = messagesOf({
      role: 'user',
      parts: [
        { text: 'What is this?' },
        { inline_data: { mime_type: 'image/png', data: 'aWE=' } },
        { inlineData: { mimeType: 'audio/wav', data: 'd2E=' } },
        { inlineData: { mimeType: 'application/pdf', data: 'cGQ=' } },
      ],
    })
    expect(message).toEqual({
      role: 'user',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: 'data:image/png;base64,aWE=' } },
        { type: 'input_audio', input_audio: { data: 'd2E=', format: 'wav' } },
        {
          type: 'file',
          file: { filename: 'document.pdf', file_data: 'data:application/pdf;base64,cGQ=' },
        },
      ],
    })
  })

  it('with calls and responses get ids that fit, by id or by name in order', () => {
    const call = (name: string, id?: string) => ({
      functionCall: { name, args: { n: 1 }, ...(id && { id }) },
    })
    const answer = (name: string, result: string, id?: string) => ({
      functionResponse: { name, response: { result }, ...(id && { id }) },
    })
    const messages = messagesOf(
      {
        role: 'model',
        parts: [
          { text: 'I think', thought: true },
          { ...call('look'), thoughtSignature: 's1' },
          call('look', 'mine'),
          call('look'),
        ],
      },
      {
        role: 'user',
        parts: [answer('look', 'second', 'mine'), answer('look', 'first'), answer('look', 'third')],
      },
    )
    const toCall = (id: string) => ({
      id,
      type: 'function',
      function: { name: 'look', arguments: '{"n":1}' },
    })
    expect(messages).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { ...toCall('call_1'), extra_content: { google: { thought_signature: 's1' } } },
          toCall('mine'),
          toCall('call_3'),
        ],
      },
      { role: 'tool', tool_call_id: 'mine', content: 'second' },
      { role: 'tool', tool_call_id: 'call_1', content: 'first' },
      { role: 'tool', tool_call_id: 'call_3', content: 'third' },
    ])
  })

  it('with a response that answers no call are refused by its path', () => {
    const response = { functionResponse: { name: 'look', response: {} } }
    expect(() => messagesOf({ role: 'user', parts: [response] })).toThrow(
      /contents\[0\]\.parts\[0\]\.functionResponse/,
    )
  })
})

describe('the tools', () => {
  const tools = [
    {
      functionDeclarations: [
        { name: 'a', description: 'A.', parameters: { type: 'OBJECT', properties: {} } },
        { name: 'b', parametersJsonSchema: { type: 'object', properties: {} } },
        { name: 'c' },
      ],
    },
  ]
  const choice = (functionCallingConfig: object) =>
    translate({ tools, toolConfig: { functionCallingConfig } }).body

  it('are functions', () => {
    const named = (translate({ tools }).body.tools as { function: object }[]).map(
      (tool) => tool.function,
    )
    expect(named).toMatchObject([
      { name: 'a', description: 'A.', parameters: { type: 'object' } },
      { name: 'b', parameters: { type: 'object' } },
      { name: 'c' },
    ])
  })

  it('are chosen as the mode says', () => {
    expect(choice({ mode: 'AUTO' }).tool_choice).toBeUndefined()
    expect(choice({ mode: 'NONE' }).tool_choice).toBe('none')
    expect(choice({ mode: 'ANY' }).tool_choice).toBe('required')
    expect(choice({ mode: 'ANY', allowedFunctionNames: ['b'] }).tool_choice).toEqual({
      type: 'function',
      function: { name: 'b' },
    })
    const { tools: shown, tool_choice } = choice({ mode: 'ANY', allowedFunctionNames: ['a', 'c'] })
    expect(tool_choice).toBe('required')
    expect(shown).toMatchObject([{ function: { name: 'a' } }, { function: { name: 'c' } }])
  })
})
