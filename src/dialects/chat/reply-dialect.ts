// What a dialect must offer so that answers can be translated into it.

/** Translates an answer in OpenAI chat form into another dialect; absent for OpenAI chat itself. */
export interface ReplyDialect {
  /** `dialect` of replies that need no translation. */
  readonly name: 'openai' | 'anthropic' | 'responses' | 'completions' | 'gemini'
  json(body: Record<string, unknown>): Record<string, unknown>
  /**
   * SSE bytes of chat chunks → SSE bytes of the dialect. An upstream that was cut ends in an `{"error": …}` event and
   * then errors: that must become the dialect's error event and an errored stream, never a clean end.
   */
  stream(source: ReadableStream<Uint8Array>): ReadableStream<Uint8Array>
  /** Handles an answer that is in this dialect already; absent: it passes untouched. */
  readonly native?: Pick<ReplyDialect, 'json' | 'stream'>
}
