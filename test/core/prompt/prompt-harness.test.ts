import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { withoutHarness } from '../../../src/core/prompt/prompt-harness.ts'

const ASK = 'why does the parser drop the last row?'

/** What several agents wrap around the same question. */
const HARNESSES: Record<string, string> = {
  reminder: `${ASK}\n<system-reminder>\nKeep a todo list.\n</system-reminder>`,
  environment: `<environment_context>\n  <cwd>/x</cwd>\n</environment_context>\n${ASK}`,
  details: `<task>\n${ASK}\n</task>\n<environment_details>\n# Open tabs\nsrc/a.ts\n</environment_details>`,
  editor: `<attached_files>\n<file_contents path="a.ts">\ncode\n</file_contents>\n</attached_files>\n<user_query>\n${ASK}\n</user_query>`,
  copilot: `<context>\nThe date is today.\n</context>\n<reminderInstructions>\nUse tools.\n</reminderInstructions>\n<userRequest>\n${ASK}\n</userRequest>`,
  heading: `# Context from my IDE setup:\n## Open tabs:\n- a.ts\n## My request for the agent:\n${ASK}`,
  command: `<command-name>/clear</command-name>\n<local-command-stdout>ok</local-command-stdout>\n${ASK}`,
  unknown: `<acme-workspace_state version="2">\n{"files": 3}\n</acme-workspace_state>\n${ASK}`,
  notice: `[Request interrupted by user]\n${ASK}`,
  twice: `<system-reminder>a</system-reminder>${ASK}<system-reminder>b</system-reminder>`,
  'cut off': `${ASK}\n<environment_details>\n# Open tabs\nsrc/a.ts, src/b.ts`,
}

describe('harness blocks', () => {
  it.each(Object.entries(HARNESSES))('of the style %s leave the question alone', (_, text) => {
    expect(withoutHarness(text)).toBe(ASK)
  })

  it.each([
    'is <b>bold</b> ok in <em>HTML</em>?',
    'use std::vector<int> and List<String>',
    'a < b && c > d',
    '<build_info>3</build_info> is what my config says',
    'explain <div class="context">x</div>',
  ])('are not seen in %j', (text) => {
    expect(withoutHarness(text)).toBe(text)
  })

  it('that are never closed stay where no words stand before them', () => {
    expect(withoutHarness('<system-reminder> oops')).toBe('<system-reminder> oops')
  })

  it('are cut to something no longer than the text, for any tags', () => {
    const tag = fc.constantFrom('<a-context>', '</a-context>', '<task>', '</task>', 'x', ' ', '<')
    fc.assert(
      fc.property(fc.array(tag, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('')
        expect(withoutHarness(text).length).toBeLessThanOrEqual(text.length + pieces.length)
      }),
    )
  })
})
