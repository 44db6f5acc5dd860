// Every function that reads the text of a client or of a provider, as work on one text; test/linearity.test.ts runs each
// over the hostile texts. A new reader belongs in this list.
import { createHash } from 'node:crypto'
import { gramsOf } from '../../src/core/classifier/lexical.ts'
import { turnCues } from '../../src/core/conversation/conversation.ts'
import { sessionKey } from '../../src/core/conversation/session-key.ts'
import {
  requirementsOf,
  estimateTokens as tokensByScript,
} from '../../src/core/decide/constraints.ts'
import { plainLetters } from '../../src/core/normalise.ts'
import { isToolReport, saidInReport, textualCall } from '../../src/core/prompt/agent-step.ts'
import { withoutFormConstraints } from '../../src/core/prompt/form-constraints.ts'
import { messageText, type PromptMessage, routingText } from '../../src/core/prompt/prompt.ts'
import { splitBlocks, withoutBlobs } from '../../src/core/prompt/prompt-blocks.ts'
import { cutToBudget } from '../../src/core/prompt/prompt-budget.ts'
import { cleanPrompt } from '../../src/core/prompt/prompt-cleaning.ts'
import { splitDocument } from '../../src/core/prompt/prompt-document.ts'
import { focusOn } from '../../src/core/prompt/prompt-focus.ts'
import { withoutHarness } from '../../src/core/prompt/prompt-harness.ts'
import { lineKind } from '../../src/core/prompt/prompt-lines.ts'
import { questionInTags, questionInTemplate } from '../../src/core/prompt/prompt-template.ts'
import { humanTurns, isToolStep } from '../../src/core/prompt/prompt-turns.ts'
import { delegates, roleOfLabel } from '../../src/core/prompt/template-words.ts'
import { endOfTokens, estimateTokens, startOfTokens } from '../../src/core/prompt/token-estimate.ts'
import { sanitise } from '../../src/encoder/sanitise.ts'
import { windowsOf } from '../../src/encoder/windows.ts'
import { isCorrection } from '../../src/feedback/correction-cue.ts'
import { checkToolCalls } from '../../src/http/relay/tool-calls.ts'
import { parseJson } from '../../src/http/request/json.ts'
import { createRedact } from '../../src/telemetry/redact.ts'
import { textKey } from '../../src/training/exemplars/exemplar-line.ts'
import { lexicalSignature } from '../../src/upstream/cache/lexical-guard.ts'
import type { Work } from './linear.ts'

export const MAX_CHARS = 8_000
const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
const user = (content: unknown): PromptMessage => ({ role: 'user', content })
const lines = (text: string): PromptMessage[] => text.match(/[\s\S]{1,400}/g)?.map(user) ?? []

/** Refusing is an answer: how long it takes counts all the same. */
export const orRefused =
  (work: Work): Work =>
  (text) => {
    try {
      return work(text)
    } catch (error) {
      return error
    }
  }

const utf8 = new TextEncoder()

/** From a request's messages to the text that is classified, and what is told from its wording. */
export const PROMPT_READERS: Record<string, Work> = {
  'routing text': (text) => routingText([user(text)], { maxChars: MAX_CHARS, digest }),
  'routing text of parts': (text) =>
    routingText([user(lines(text).map(({ content }) => ({ type: 'text', text: content })))], {
      maxChars: MAX_CHARS,
      digest,
    }),
  'human turns': (text) => humanTurns(lines(text), 9),
  'tool step': (text) => isToolStep([user([{ type: text, text }])]),
  'call in a text': textualCall,
  'tool report': (text) => isToolReport(text, { call: 'command', isAgent: true }),
  'words in a report': saidInReport,
  'tool loop in text': (text) =>
    humanTurns(
      lines(text).flatMap((turn) => [turn, { role: 'assistant', content: turn.content }]),
      9,
    ),
  'plain letters': plainLetters,
  'question in tags': questionInTags,
  'message text': (text) => messageText([{ type: text, text }]),
  harness: withoutHarness,
  cleaning: cleanPrompt,
  'line kind': lineKind,
  focus: focusOn,
  budget: (text) => cutToBudget(text, MAX_CHARS),
  'turn cues': turnCues,
  'turn cues of a beginning': (text) => turnCues(text.slice(0, 300)),
  correction: isCorrection,
  'correction of a beginning': (text) => isCorrection(text.slice(0, 400)),
  'session key': (text) =>
    sessionKey({ sessionId: null, user: text, messages: [user(text)] }, digest),
}

/** What is given at most `encoder.max_chars`, 60,000 or so many units: larger texts were cut before. */
export const BOUNDED_READERS: Record<string, Work> = {
  blobs: withoutBlobs,
  blocks: splitBlocks,
  document: (text) => splitDocument({ kind: null, text }),
  'form constraints': withoutFormConstraints,
  template: questionInTemplate,
  'instructions of a template': delegates,
  'label of a template': roleOfLabel,
  'whole budget': (text) => cutToBudget(text, text.length),
  'token estimate': (text) => estimateTokens(text),
  'end of tokens': (text) => endOfTokens(text, text.length),
  'start of tokens': (text) => startOfTokens(text, text.length),
  'lexical features': (text) => gramsOf(text),
  'lexical signature': lexicalSignature,
  sanitising: (text) => sanitise(text, { maxChars: text.length }),
  windows: (text) => windowsOf(text, { maxTokens: 256, countTokens: estimateTokens }),
  'key of an exemplar': textKey,
}

const redact = createRedact(['sk-secret-value', 'another"secret'])

/** Bytes that have just come in, and text that is about to go out. */
export const EDGE_READERS: Record<string, Work> = {
  'tokens by script': tokensByScript,
  requirements: (text) =>
    requirementsOf({ messages: lines(text), tools: [{ description: text }], max_tokens: 1 }),
  'JSON of a text': (text) => parseJson(utf8.encode(JSON.stringify({ text }))),
  'JSON that is none': orRefused((text) => parseJson(utf8.encode(text))),
  'tool calls': orRefused((text) =>
    checkToolCalls([{ tool_calls: [{ function: { arguments: text } }] }]),
  ),
  'secrets in a text': redact,
}
