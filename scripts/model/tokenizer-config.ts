// The tokenizer settings that transformers.js wants beside tokenizer.json; the weights' package ships none.
// 256 tokens is the length the model was published for (sentence-transformers' max_seq_length).

export const TOKENIZER_CONFIG = {
  tokenizer_class: 'BertTokenizer',
  model_max_length: 256,
  do_lower_case: true,
  do_basic_tokenize: true,
  tokenize_chinese_chars: true,
  strip_accents: null,
  clean_up_tokenization_spaces: true,
  cls_token: '[CLS]',
  sep_token: '[SEP]',
  pad_token: '[PAD]',
  unk_token: '[UNK]',
  mask_token: '[MASK]',
}

/** The file's text, always the same bytes. */
export const tokenizerConfigText = (): string => `${JSON.stringify(TOKENIZER_CONFIG, null, 2)}\n`
