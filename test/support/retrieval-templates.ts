// Prompts of retrieval programs: instructions, retrieved texts and a user's question, which stands before, after, within tags or
// among the texts.

/** Questions of different routes: what is asked decides, not that it stands in a template. */
export const QUESTIONS = [
  'Write a regular expression that matches Danish postcodes',
  'Translate the third sentence into Portuguese',
  'What is 24 % of 1,850?',
  'Compose a limerick about a stubborn goat',
  'Summarise what was decided in two sentences',
  'List every person and date that is mentioned',
  'Which quarter had the highest growth, and by how much?',
  'Rewrite the last paragraph in a friendlier tone',
  'Who discovered the moons of Mars?',
  'If all bloops are razzies and no razzie is a lazzie, can a bloop be a lazzie?',
]

const COUNCIL = `The harbour board met on Thursday to hear the plan for the new ferry pier. Sixty metres of quay are to be renewed, and the waiting hall moves to the old customs house, where there is room for two hundred passengers.

Fishermen asked that the northern basin stay open during the works. The engineer answered that barges would come by night, and that no boat would be kept in or out for more than an hour.

A vote was put off until the survey of the sea bed is in. The chair thanked everyone for their patience and closed the meeting at a quarter past nine.`
const HANDBOOK =
  'Employees may carry over up to eight days of leave. Requests go to the line manager in writing.\nUnused days lapse at the end of March, unless illness kept someone from taking them.\nPart-time staff earn leave in proportion to their hours.'
const MANUAL =
  'To reset the controller hold the button for ten seconds. The lamp blinks twice.\nShould it stay dark, check the fuse (F3, 2 A) and the plug at the rear side.\nNever open the housing while the mains cable is connected.'

export const TEMPLATES: Record<string, (question: string) => string> = {
  'question, context, open answer': (q) =>
    `You are an assistant for question-answering tasks. Use the following pieces of retrieved context to answer the question. If you don't know the answer, say that you don't know. Use three sentences at most.\nQuestion: ${q} \nContext: ${COUNCIL} \nAnswer:`,
  'context, question, helpful answer': (q) =>
    `Use the following pieces of context to answer the question at the end. If you don't know the answer, don't try to make one up.\n\n${COUNCIL}\n\n${HANDBOOK}\n\nQuestion: ${q}\nHelpful Answer:`,
  'between rules': (q) =>
    `Context information is below.\n---------------------\n${HANDBOOK}\n\n${MANUAL}\n---------------------\nGiven the context information and not prior knowledge, answer the query.\nQuery: ${q}\nAnswer: `,
  'headings and tags with guidelines': (q) =>
    `### Task:\nRespond to the user query using the provided context, incorporating inline citations in the format [id] only when the source has an id.\n\n### Guidelines:\n- If you don't know the answer, clearly state that.\n- If the context is unreadable, inform the user.\n- Respond in the same language as the user's query.\n\n### Output:\nProvide a clear and direct response.\n\n<context>\n<source id="1" name="board.txt">${COUNCIL}</source>\n</context>\n\n<user_query>\n${q}\n</user_query>`,
  'documents in tags, question in a tag': (q) =>
    `<documents>\n<document index="1">\n<source>handbook.pdf</source>\n<document_content>\n${HANDBOOK}\n</document_content>\n</document>\n<document index="2">\n<source>manual.pdf</source>\n<document_content>\n${MANUAL}\n</document_content>\n</document>\n</documents>\n\nAnswer the question using only the documents above.\n\n<question>${q}</question>`,
  'documents in tags, bare question after them': (q) =>
    `<documents>\n<document>\n${COUNCIL}\n</document>\n</documents>\n\n${q}`,
  'question first, sources after it': (q) =>
    `Answer the user's question from the sources. Cite them as [1], [2].\n\nUser question: ${q}\n\nSources:\n[1] ${HANDBOOK}\n[2] ${MANUAL}`,
  'question among documents': (q) =>
    `[Document 1]\n${HANDBOOK}\n\n[Question]\n${q}\n\n[Document 2]\n${MANUAL}\n\n[Document 3]\n${COUNCIL}`,
  'search results and a heading': (q) =>
    `# The following contents are the search results related to the user's message:\n[webpage 1 begin]${COUNCIL}[webpage 1 end]\n[webpage 2 begin]${HANDBOOK}[webpage 2 end]\nIn the search results I provide, each result is formatted as [webpage X begin]...[webpage X end]. Use the results that are relevant and answer in the language of the user.\n\n# The user's message is:\n${q}`,
  'bold labels': (q) =>
    `You answer questions about our company.\n\n**Context:**\n${HANDBOOK}\n\n**Chat history:**\nnone\n\n**Question:** ${q}\n\n**Answer:**`,
  'human and assistant': (q) =>
    `The following is a conversation between a human and an AI. Use the information below to answer.\n\nRelevant information:\n${MANUAL}\n\nConversation:\nHuman: hello\nAI: Hello! How can I help?\nHuman: ${q}\nAI:`,
  'few questions before the last one': (q) =>
    `Answer each question from the passages.\n\nPassage: ${MANUAL}\n\nQ: Which fuse is meant?\nA: F3\n\nQ: ${q}\nA:`,
  JSON: (q) => JSON.stringify({ context: [COUNCIL, HANDBOOK], question: q, chat_history: [] }),
  German: (q) =>
    `Beantworte die Frage ausschließlich anhand der folgenden Dokumente. Wenn die Antwort nicht darin steht, sage es.\n\nDokumente:\n${HANDBOOK}\n${MANUAL}\n\nFrage: ${q}\n\nAntwort:`,
  Chinese: (q) =>
    `已知信息：\n${COUNCIL}\n\n根据上述已知信息，简洁和专业地回答用户的问题。如果无法从中得到答案，请说不知道。\n\n问题：${q}\n\n回答：`,
  Spanish: (q) =>
    `Usa los siguientes fragmentos de contexto para responder a la pregunta.\n\nContexto: ${HANDBOOK}\n\nPregunta: ${q}\nRespuesta:`,
  Japanese: (q) =>
    `以下のコンテキストに基づいて質問に答えてください。\n\nコンテキスト：\n${MANUAL}\n\n質問：${q}\n\n回答：`,
  'no labels, question at the end': (q) =>
    `Answer the user's question with the help of these excerpts from our files.\n\n${COUNCIL}\n\n${HANDBOOK}\n\n${q}`,
}
