// Whose key a key is, as far as its beginning tells, and whose host an address is: the pair says where a key went astray.
interface Vendor {
  name: string
  /** Beginnings of its keys that no other vendor uses. */
  keys: RegExp | null
  /** Its hosts; a leading dot takes all names below. */
  hosts: readonly string[]
}

const VENDORS: readonly Vendor[] = [
  { name: 'Anthropic', keys: /^sk-ant-/, hosts: ['.anthropic.com'] },
  { name: 'OpenRouter', keys: /^sk-or-/, hosts: ['openrouter.ai'] },
  { name: 'OpenAI', keys: /^sk-(?:proj|svcacct|admin)-/, hosts: ['.openai.com'] },
  { name: 'Groq', keys: /^gsk_/, hosts: ['.groq.com'] },
  { name: 'xAI', keys: /^xai-/, hosts: ['.x.ai'] },
  { name: 'Google', keys: /^AIza/, hosts: ['.googleapis.com'] },
  { name: 'Cerebras', keys: /^csk-/, hosts: ['.cerebras.ai'] },
  { name: 'Fireworks', keys: /^fw_/, hosts: ['.fireworks.ai'] },
  { name: 'Together', keys: /^tgp_/, hosts: ['.together.xyz', '.together.ai'] },
  { name: 'Perplexity', keys: /^pplx-/, hosts: ['.perplexity.ai'] },
  { name: 'NVIDIA', keys: /^nvapi-/, hosts: ['.nvidia.com'] },
  { name: 'Hugging Face', keys: /^hf_/, hosts: ['.huggingface.co'] },
  { name: 'Mistral', keys: null, hosts: ['.mistral.ai'] },
  { name: 'DeepSeek', keys: null, hosts: ['.deepseek.com'] },
  { name: 'Azure', keys: null, hosts: ['.azure.com'] },
  { name: 'this gateway', keys: /^sb-[a-z0-9]{12}-/, hosts: [] },
]

const isOf = (hostname: string, host: string): boolean =>
  host.startsWith('.') ? hostname.endsWith(host) : hostname === host

/** Null where the beginning is of no known vendor, or of several. */
export const vendorOfKey = (key: string): string | null =>
  VENDORS.find(({ keys }) => keys?.test(key))?.name ?? null

/** Null for a host of nobody known: a proxy, a gateway, a server of one's own. */
export const vendorOfHost = (hostname: string): string | null =>
  VENDORS.find(({ hosts }) => hosts.some((host) => isOf(hostname, host)))?.name ?? null
