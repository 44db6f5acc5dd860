// The semantic part of the answer cache: keys and vectors of cached questions, in groups whose members may be compared.
/** The group of questions that may be compared with this one, and its unit vector. */
export interface SimilarityKey {
  group: string
  embedding: Float32Array
}

export interface SimilarityGroups {
  add(similarityKey: SimilarityKey, key: string): void
  remove(similarityKey: SimilarityKey, key: string): void
  /** Keys of the group whose cosine is at least `similarity`, the most similar first. */
  near(similarityKey: SimilarityKey, similarity: number): string[]
}

/** Most entries of a group; a lookup compares with each (384 numbers: 1,000 take 0.4 ms). */
const MAX_COMPARED = 1_000

const dot = (a: Float32Array, b: Float32Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

export const createSimilarityGroups = (): SimilarityGroups => {
  /** Keys of each group, the oldest first. */
  const groups = new Map<string, Map<string, Float32Array>>()
  return {
    add: ({ group, embedding }, key) => {
      const members = groups.get(group) ?? new Map<string, Float32Array>()
      groups.set(group, members.set(key, embedding))
      const [oldest] = members.keys()
      if (members.size > MAX_COMPARED && oldest !== undefined) members.delete(oldest)
    },
    remove: ({ group }, key) => {
      const members = groups.get(group)
      members?.delete(key)
      if (members?.size === 0) groups.delete(group)
    },
    near: ({ group, embedding }, similarity) =>
      [...(groups.get(group) ?? [])]
        .filter(([, other]) => other.length === embedding.length)
        .map(([key, other]) => ({ key, cosine: dot(embedding, other) }))
        .filter(({ cosine }) => cosine >= similarity)
        .sort((a, b) => b.cosine - a.cosine)
        .map(({ key }) => key),
  }
}
