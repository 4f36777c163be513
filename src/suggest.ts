/**
 * The Levenshtein distance: the number of insertions, deletions and substitutions that turn one word into the other.
 */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}

/** The most similar known word, or undefined if none is similar enough. */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  let best: { word: string; d: number } | undefined
  for (const candidate of known) {
    const d = distance(word.toLowerCase(), candidate.toLowerCase())
    if (d <= Math.max(2, word.length / 3) && (best === undefined || d < best.d)) best = { word: candidate, d }
  }
  return best?.word
}
