// Coding agents from npm, as their users start them: the package, how it is pointed at the router, and one task. None is
// a dependency of this project.
import { FRAMEWORKS } from './agent-frameworks.ts'
import { type Client, KEY, NODE } from './client.ts'

const json = (value: unknown): string => JSON.stringify(value, null, 2)

const codex: Client = {
  name: 'Codex',
  packages: ['@openai/codex@0.171.0'],
  dialect: 'responses',
  run: ({ url, home, task }) => ({
    files: {
      '.codex/config.toml': [
        'model = "auto"',
        'model_provider = "signalbox"',
        'check_for_update_on_startup = false',
        '[analytics]',
        'enabled = false',
        '[model_providers.signalbox]',
        'name = "signalbox"',
        `base_url = "${url}/v1"`,
        'wire_api = "responses"',
      ].join('\n'),
    },
    env: { CODEX_HOME: `${home}/.codex` },
    command: [
      'codex',
      ...['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox', task],
    ],
  }),
}

const opencode: Client = {
  name: 'opencode',
  packages: ['opencode-ai@1.18.33'],
  dialect: 'chat',
  hasInstallScript: true,
  run: ({ url, home, task }) => ({
    files: {
      'opencode.json': json({
        autoupdate: false,
        share: 'disabled',
        model: 'signalbox/auto',
        provider: {
          signalbox: {
            npm: '@ai-sdk/openai-compatible',
            options: { baseURL: `${url}/v1`, apiKey: KEY },
            models: { auto: { name: 'auto' } },
          },
        },
      }),
    },
    env: {
      OPENCODE_CONFIG: `${home}/opencode.json`,
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      OPENCODE_DISABLE_MODELS_FETCH: '1',
      OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
      OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
    },
    command: ['opencode', 'run', task],
  }),
}

const claudeCode: Client = {
  name: 'Claude Code',
  packages: ['@anthropic-ai/claude-code@2.1.332'],
  dialect: 'messages',
  hasInstallScript: true,
  run: ({ url, task }) => ({
    files: {},
    env: {
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: KEY,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
    },
    command: ['claude', '-p', task, '--allowedTools', 'Bash'],
  }),
}

const pi: Client = {
  name: 'pi',
  packages: ['@mariozechner/pi-coding-agent@0.73.1'],
  dialect: 'chat',
  run: ({ url, home, task }) => ({
    files: {
      'pi/models.json': json({
        providers: {
          signalbox: {
            baseUrl: `${url}/v1`,
            apiKey: KEY,
            api: 'openai-completions',
            models: [{ id: 'auto' }],
          },
        },
      }),
    },
    env: { PI_CODING_AGENT_DIR: `${home}/pi`, PI_OFFLINE: '1', PI_TELEMETRY: '0' },
    command: ['pi', '--provider', 'signalbox', '--model', 'auto', '-p', task],
  }),
}

const qwen: Client = {
  name: 'Qwen Code',
  packages: ['@qwen-code/qwen-code@0.24.4', NODE],
  dialect: 'chat',
  needsNewerNode: true,
  run: ({ url, task }) => ({
    files: {
      '.qwen/settings.json': json({
        privacy: { usageStatisticsEnabled: false },
        telemetry: { enabled: false },
        general: { enableAutoUpdate: false },
        security: { auth: { selectedType: 'openai' } },
      }),
    },
    env: { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: KEY, OPENAI_MODEL: 'auto' },
    command: ['qwen', '--yolo', '-p', task],
  }),
}

const continueCli: Client = {
  name: 'Continue',
  packages: ['@continuedev/cli@1.5.47'],
  dialect: 'chat',
  run: ({ url, home, task }) => ({
    files: {
      'continue.yaml': json({
        name: 'local',
        version: '1.0.0',
        schema: 'v1',
        models: [
          {
            name: 'auto',
            provider: 'openai',
            model: 'auto',
            apiBase: `${url}/v1`,
            apiKey: KEY,
            capabilities: ['tool_use'],
            roles: ['chat'],
          },
        ],
      }),
    },
    env: { CONTINUE_TELEMETRY_ENABLED: '0', CONTINUE_GLOBAL_DIR: `${home}/.continue` },
    command: ['cn', '--config', `${home}/continue.yaml`, '--auto', '-p', task],
  }),
}

const cline: Client = {
  name: 'Cline',
  packages: ['cline@3.0.65', NODE],
  dialect: 'chat',
  needsNewerNode: true,
  hasInstallScript: true,
  run: ({ url, home, task }) => ({
    files: {},
    env: { CLINE_DIR: `${home}/.cline`, CLINE_TELEMETRY_DISABLED: '1', CLINE_NO_AUTO_UPDATE: '1' },
    command: [
      'sh',
      '-c',
      'cline auth openai-compatible --apikey "$1" --modelid auto --baseurl "$2" && cline "$3"',
      ...['sh', KEY, `${url}/v1`, task],
    ],
  }),
}

const promptfoo: Client = {
  name: 'promptfoo',
  packages: ['promptfoo@0.123.1', NODE],
  judgesItself: true,
  dialect: 'chat',
  needsNewerNode: true,
  hasInstallScript: true,
  run: ({ url, home, task }) => ({
    files: {
      'promptfooconfig.json': json({
        prompts: [task],
        providers: [
          {
            id: 'openai:chat:auto',
            config: {
              apiBaseUrl: `${url}/v1`,
              apiKey: KEY,
              tools: [
                {
                  type: 'function',
                  function: {
                    name: 'run_command',
                    parameters: {
                      type: 'object',
                      properties: { command: { type: 'string' } },
                      required: ['command'],
                    },
                  },
                },
              ],
            },
          },
        ],
        tests: [{ assert: [{ type: 'is-valid-openai-tools-call' }] }],
      }),
    },
    env: {
      PROMPTFOO_DISABLE_TELEMETRY: '1',
      PROMPTFOO_DISABLE_UPDATE: '1',
      PROMPTFOO_DISABLE_REMOTE_GENERATION: '1',
      PROMPTFOO_CONFIG_DIR: `${home}/.promptfoo`,
    },
    command: ['promptfoo', 'eval', '--no-cache', '-c', `${home}/promptfooconfig.json`],
  }),
}

export const CLIENTS: readonly Client[] = [
  codex,
  opencode,
  claudeCode,
  pi,
  qwen,
  continueCli,
  cline,
  promptfoo,
  ...FRAMEWORKS,
]
