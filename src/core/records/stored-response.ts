// An answer of the Responses API that is stored so that it can be retrieved and continued.

export interface StoredResponse {
  id: string
  /** Principal that requested it; others cannot retrieve it. */
  principal: string
  decisionId: string
  /** The response that it continues; null at the start of a conversation. */
  previousId: string | null
  /** JSON: the items of the request's own input. */
  input: string
  /** JSON: the response as it was sent. */
  response: string
  expiresAtMs: number
}

export interface ResponseQuery {
  id: string
  principal: string
  nowMs: number
}
