// Loaded into the gateway measured against: without it the version on npm answers every stream with an error, because it
// adds headers to a fetched response, which is not allowed (its issues #1389 and #1550). A copy takes them.
const { fetch: fetchNatively, Response: NativeResponse } = globalThis

globalThis.fetch = async (...args: Parameters<typeof fetch>): Promise<Response> => {
  const { body, status, statusText, headers } = await fetchNatively(...args)
  return new NativeResponse(body, { status, statusText, headers })
}
