// An OpenAI-compatible provider's events are the client's: chat-stream.ts only watches them.
export { createChatStream as createOpenAiStream } from '../stream/chat-stream.ts'
