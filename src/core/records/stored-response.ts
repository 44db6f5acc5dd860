// An answer of the Responses API that is kept so that it can be fetched and gone on with.

export interface StoredResponse {
  id: string
  /** Whose key asked for it: nobody else finds it. */
  principal: string
  decisionId: string
  /** The response that it goes on with; null where it begins a conversation. */
  previousId: string | null
  /** JSON: the items of the request's own input. */
  input: string
  /** JSON: the response as it was told. */
  response: string
  expiresAtMs: number
}

export interface ResponseQuery {
  id: string
  principal: string
  nowMs: number
}
