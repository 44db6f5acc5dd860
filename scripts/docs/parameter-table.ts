// What becomes of each parameter of a request at each kind of provider, as a table: read off the lists that requests are
// held against.
import {
  ANTHROPIC_FIELDS,
  CHAT_FIELDS,
  OTHER_FIELDS,
} from '../../src/upstream/parameters/fields.ts'
import { treatmentOf } from '../../src/upstream/parameters/fit.ts'
import {
  ANTHROPIC_PARAMETERS,
  GEMINI_PARAMETERS,
  openAiParameters,
  type TargetParameters,
} from '../../src/upstream/parameters/targets.ts'
import {
  MESSAGES_TRANSLATIONS,
  RESPONSES_TRANSLATIONS,
  type Translation,
} from '../../src/upstream/parameters/translations.ts'
import { markdownTable } from './markdown-table.ts'

/** A column stands for all presets that treat every parameter alike. */
const COLUMNS: [string, TargetParameters][] = [
  ['other servers, `openrouter`', openAiParameters(undefined)],
  ['`openai`', openAiParameters('openai')],
  ['`azure`', openAiParameters('azure')],
  ['`groq`', openAiParameters('groq')],
  ['`mistral`', openAiParameters('mistral')],
  ['`cerebras`', openAiParameters('cerebras')],
  ['`xai`', openAiParameters('xai')],
  ['`together`', openAiParameters('together')],
  ['`deepseek`', openAiParameters('deepseek')],
  ['`fireworks`', openAiParameters('fireworks')],
  ['`vllm`', openAiParameters('vllm')],
  ['`ollama`', openAiParameters('ollama')],
  ['`lmstudio`', openAiParameters('lmstudio')],
  ['kind `anthropic`', ANTHROPIC_PARAMETERS],
  ['kind `gemini`', GEMINI_PARAMETERS],
]

const cell = (name: string, target: TargetParameters): string => {
  const treatment = treatmentOf(name, target)
  return treatment === 'mapped' ? (target.mapped[name] ?? treatment) : treatment
}

export const parameterTable = (): string => {
  const names = Object.keys({ ...CHAT_FIELDS, ...OTHER_FIELDS, ...ANTHROPIC_FIELDS })
  return markdownTable(
    ['parameter', ...COLUMNS.map(([head]) => head)],
    names.map((name) => [`\`${name}\``, ...COLUMNS.map(([, target]) => cell(name, target))]),
  )
}

const TRANSLATED: Record<Translation['as'], (translation: Translation) => string> = {
  same: () => 'as in chat',
  chat: (translation) => (translation.as === 'chat' ? translation.to : ''),
  ours: (translation) => (translation.as === 'ours' ? translation.how : ''),
  dropped: () => 'dropped',
  refused: () => 'refused',
}

/** What the parameters of another dialect become at providers that do not speak it. */
export const translationTable = (): string => {
  const rows = (dialect: string, translations: Record<string, Translation>): string[][] =>
    Object.entries(translations).map(([name, translation]) => [
      dialect,
      `\`${name}\``,
      TRANSLATED[translation.as](translation),
    ])
  return markdownTable(
    ['dialect', 'parameter', 'becomes'],
    [
      ...rows('Anthropic messages', MESSAGES_TRANSLATIONS),
      ...rows('Responses', RESPONSES_TRANSLATIONS),
    ],
  )
}
