// Nouns and verbs of prompt templates in their most frequent languages: labels of the question, of retrieved text and of the answer,
// and verbs that ask to answer a question.

const words = (...lists: string[]): ReadonlySet<string> =>
  new Set(lists.flatMap((list) => list.trim().split(/\s+/)))

const QUESTION_WORDS = words(
  'question questions query queries inquiry request ask user human prompt',
  'frage fragen anfrage nutzerfrage benutzerfrage requête demande pregunta consulta pergunta domanda vraag pytanie zapytanie',
  'dotaz otázka întrebare întrebarea fråga spørgsmål spørsmål kysymys kérdés soru sorgu вопрос запрос питання ερώτηση hỏi',
  'pertanyaan سؤال السؤال پرسش प्रश्न सवाल คำถาม שאלה השאלה 질문 질의',
)
const MATERIAL_WORDS = words(
  'context contexts document documents doc docs passage passages paragraph source sources chunk chunks excerpt excerpts snippet',
  'snippets results reference references background article articles information knowledge evidence facts history pages',
  'kontext dokument dokumente quellen quelle textstellen auszüge informationen contexte extraits documents contexto documentos',
  'fragmentos fuentes información fontes informações contesto documenti informazioni documenten bronnen kontekst kontekstu',
  'dokumenty dokumentów контекст контекста документ документы документов источники bağlam belgeler belge cảnh liệu konteks',
  'dokumen السياق المستندات النصوص متن संदर्भ दस्तावेज़ บริบท เอกสาร הקשר מסמכים 문맥 맥락 문서 자료 컨텍스트',
)
const ANSWER_WORDS = words(
  'answer answers response reply assistant ai output thought solution completion antwort réponse respuesta resposta',
  'risposta antwoord odpowiedź odpověď răspuns svar vastaus válasz cevap yanıt ответ відповідь απάντηση lời jawaban',
  'الإجابة الجواب إجابة पاسخ उत्तर जवाब คำตอบ תשובה 답변 답 대답',
)
const DELEGATING_VERBS = words(
  'answer answers answering respond responding reply replying use using based given according only address refer',
  'beantworte beantworten beantwortet antworte verwende nutze anhand basierend réponds répondez répondre utilise utilisez',
  'responde responda responder contesta usa utiliza use rispondi rispondere utilizza beantwoord gebruik odpowiedz użyj',
  'odpověz použij răspunde svara besvara svar vastaa válaszolj yanıtla yanıtlayın cevapla kullanarak ответь ответьте отвечай',
  'используя используй используйте відповідай дай απάντησε lời dựa jawab jawablah gunakan أجب استخدم استنادا اعتمادا',
  'دیں उत्तर जवाब ตอบ ענה 답하세요 답변하세요 답하시오 답해 바탕으로 사용하여',
)
/** Verbs of tasks other than answering the question. */
const OTHER_TASKS = words(
  'rephrase rephrasing paraphrase classify categorize categorise translate translating rewrite rewriting reword',
  'summarize summarise extract label rate evaluate judge grade score convert correct standalone indicate',
  'übersetze klassifiziere fasse umformuliere traduis classe reformule traduce clasifica reformula resume traduza classifique',
  'traduci classifica vertaal классифицируй переведи перефразируй',
)

/** For scripts without spaces: substrings of a label. */
const UNSPACED = {
  question: /问题|問題|提问|提問|用户消息|质问|質問|問い|ユーザー|คำถาม/u,
  material:
    /上下文|背景|已知信息|参考|資料|资料|文档|文書|文脈|检索|搜索|検索|知识|コンテキスト|เอกสาร/u,
  answer: /回答|答案|答复|答え|คำตอบ/u,
  delegates: /回答|作答|解答|答え|根据|根據|基于|使用|参考|利用|もとに|基づ|ตอบ/u,
}

export const wordsIn = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? []

export type LabelRole = 'question' | 'material' | 'answer' | 'other'

const UNSPACED_ROLES = ['question', 'answer', 'material'] as const

/**
 * The role of a label. One that names question and answer ("Answer the question:") labels the question; of question and text the
 * one named first counts ("results for the user's question").
 */
export const roleOfLabel = (label: string): LabelRole => {
  const found = wordsIn(label)
  if (found.length === 1 && found[0] === 'q') return 'question'
  if (found.length === 1 && found[0] === 'a') return 'answer'
  if (found.some((word) => OTHER_TASKS.has(word))) return 'other'
  const first = found.find((word) => QUESTION_WORDS.has(word) || MATERIAL_WORDS.has(word))
  if (first !== undefined) return QUESTION_WORDS.has(first) ? 'question' : 'material'
  if (found.some((word) => ANSWER_WORDS.has(word))) return 'answer'
  return UNSPACED_ROLES.find((role) => UNSPACED[role].test(label)) ?? 'other'
}

/** Whether a sentence asks to answer a question from a text. */
const sentenceDelegates = (sentence: string): boolean => {
  const found = wordsIn(sentence)
  const names = found.some((word) => QUESTION_WORDS.has(word) || MATERIAL_WORDS.has(word))
  const isNamed = names || UNSPACED.question.test(sentence) || UNSPACED.material.test(sentence)
  const hands =
    found.some((word) => DELEGATING_VERBS.has(word)) || UNSPACED.delegates.test(sentence)
  return isNamed && hands
}

const sentencesOf = (text: string): string[] =>
  text.split(/(?<=[.!?。！？:：])\s+|\n|(?<=[。！？])/u)

/**
 * Whether instructions only ask to answer a question: one of their sentences does, and none before it states another task. Empty
 * instructions count as well.
 */
export const delegates = (instructions: string): boolean => {
  if (!/[\p{L}\p{N}]/u.test(instructions)) return true
  const sentences = sentencesOf(instructions)
  const handing = sentences.findIndex(sentenceDelegates)
  if (handing < 0) return false
  return !sentences
    .slice(0, handing + 1)
    .some((sentence) => wordsIn(sentence).some((word) => OTHER_TASKS.has(word)))
}
