// Which route each subject of a made training set is labelled with. Usually its own name; with
// SIGNALBOX_TEST_PERMUTED_ROUTES=n the labels are rotated by n, so that the classifier learns other answers for the same
// prompts. Tests say `exampleRoute('code')` instead of 'code' where they mean the classifier's answer, and pin the rest.

const SHIFT = Number(process.env.SIGNALBOX_TEST_PERMUTED_ROUTES ?? 0)
if (!Number.isSafeInteger(SHIFT) || SHIFT < 0) {
  throw new Error(`SIGNALBOX_TEST_PERMUTED_ROUTES is "${SHIFT}", expected a whole number from 0 on`)
}

/** The label of each of `subjects`; any other name (`none`, a route without exemplars) is its own. */
export const createRouteLabels = <S extends string>(subjects: readonly S[]) => {
  const shifted = new Map<string, S>(
    subjects.map((subject, i) => [subject, subjects[(i + SHIFT) % subjects.length] as S]),
  )
  return (subject: string): string => shifted.get(subject) ?? subject
}
