// The parts of one request that its translation to chat cannot carry.
export interface Notes {
  /** Left out where the request is translated: the answer is made without it. By names like `tools.web_search`. */
  dropped: Set<string>
  /** Cannot be left out: only a provider of this dialect can be asked. By paths like `tool_choice.type (web_search)`. */
  untranslatable: string[]
}

export const createNotes = (): Notes => ({ dropped: new Set(), untranslatable: [] })
