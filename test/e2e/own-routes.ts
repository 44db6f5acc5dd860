// What somebody brings along in their first hour: three routes of their own with ten example prompts each, half of them in a
// spreadsheet and half in JSON Lines, and a configuration over two providers.

export const TEXTS = {
  gardening: [
    'when do I prune my apple tree',
    'my tomato leaves turn yellow at the bottom',
    'how deep do I plant tulip bulbs',
    'which flowers grow in full shade',
    'get rid of slugs on the lettuce bed',
    'how often do I water a young hedge',
    'start a compost heap without smell',
    'what soil do blueberries need in a pot',
    'move a rose bush without killing it',
    'when is it too late to sow carrots outside',
  ],
  invoices: [
    'I was charged twice on my last invoice',
    'send me the invoice of march as a pdf',
    'the vat number on my bill is wrong',
    'can I pay the invoice by bank transfer',
    'why is my bill higher than last month',
    'when is the payment of this invoice due',
    'refund the amount that was billed by mistake',
    'change the billing address on the invoice',
    'my credit card payment of the bill failed',
    'I need a receipt for the subscription payment',
  ],
  astronomy: [
    'how far away is the andromeda galaxy',
    'why does the moon show phases',
    'which planets can I see tonight without a telescope',
    'what happens inside a neutron star',
    'when is the next solar eclipse in europe',
    'how hot is the surface of venus',
    'explain how black holes lose mass',
    'what are the rings of saturn made of',
    'why do stars twinkle and planets do not',
    'how do astronomers measure the age of a star',
  ],
}

export type OwnRoute = keyof typeof TEXTS
export const OWN_ROUTES = Object.keys(TEXTS) as OwnRoute[]

const halves = (from: number, to: number) =>
  OWN_ROUTES.flatMap((route) => TEXTS[route].slice(from, to).map((text) => ({ text, route })))

/** Five rows a route, and the first of them twice. */
export const spreadsheet = (): string => {
  const rows = halves(0, 5)
  return ['prompt,intent', ...[...rows, rows[0]].map((row) => `"${row?.text}",${row?.route}`)].join(
    '\n',
  )
}

export const jsonLines = (): string =>
  halves(5, 10)
    .map((row) => JSON.stringify(row))
    .join('\n')

/** Prompts that nobody has labelled, and that are like the labelled ones. */
export const PROMPTS: Record<OwnRoute, string> = {
  gardening: 'when do I prune my pear tree',
  invoices: 'I was billed twice on the invoice of last month',
  astronomy: 'how far away is the triangulum galaxy',
}

/** As a person writes it; the third route comes by `signalbox routes add`. */
export const configText = (urls: { cheap: string; clever: string }): string => `# Our router.
server: { port: 0 }
encoder: { deadline_ms: 10000 } # patient
providers:
  cheap: { kind: openai, base_url: ${urls.cheap}, api_key_env: FIRST_HOUR_CHEAP_KEY }
  clever: { kind: anthropic, base_url: ${urls.clever}, api_key_env: FIRST_HOUR_CLEVER_KEY }
models:
  llama: { provider: cheap, name: ok, input_usd_per_million: 1000, output_usd_per_million: 1000 }
  claude: { provider: clever, name: text, input_usd_per_million: 3, output_usd_per_million: 15 }
routes:
  gardening: { models: [llama], threshold: 0.3 }
  invoices: { models: [claude, llama], threshold: 0.3 } # ours is the clever one
  general: { models: [llama] }
default_route: general
aliases: { "our-agent": route:invoices }
`
