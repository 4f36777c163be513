import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml'

/** The start offset of a node or a pair: after the anchor of a value, before the anchor of a key. */
export function startOf(text: string, node: unknown): number {
  if (isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)) return node.range?.[0] ?? 0
  const key = (node as Pair | undefined)?.key as Node | undefined
  const start = key?.range?.[0] ?? 0
  const anchor = isScalar(key) && key.anchor ? text.lastIndexOf(`&${key.anchor}`, start) : -1
  return anchor < 0 ? start : anchor
}

/** The offset after the last character of a node or a pair, before a comment and the line end. */
export function endOf(text: string, node: unknown): number {
  if ((isMap(node) || isSeq(node)) && !node.flow && node.items.length > 0) return endOf(text, node.items.at(-1))
  if (isMap(node) || isSeq(node) || isAlias(node)) return node.range?.[1] ?? 0
  if (isScalar(node)) {
    const end = node.range?.[1] ?? 0
    return node.type?.startsWith('BLOCK') && text[end - 1] === '\n' ? end - 1 : end
  }
  if (node === null || node === undefined) return 0
  const { value } = node as Pair
  return Math.max(afterColon(text, node as Pair), value ? endOf(text, value) : 0)
}

/** The offset after a pair's colon. */
export function afterColon(text: string, { key }: Pair): number {
  return text.indexOf(':', (key as Node).range?.[1] ?? 0) + 1
}

/** Where the line of a place begins: behind the byte order mark of a text, which has no column. */
export function lineStart(text: string, at: number): number {
  const start = text.lastIndexOf('\n', at - 1) + 1
  return start === 0 && text.startsWith('\uFEFF') ? 1 : start
}

export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

export function columnOf(text: string, at: number): number {
  return at - lineStart(text, at)
}

/** Whether a node ends in a block scalar, whose last line end belongs to its value. */
export function endsInBlock(node: unknown): boolean {
  if (isScalar(node)) return node.type?.startsWith('BLOCK') === true
  const last = (isMap(node) || isSeq(node)) && !node.flow ? node.items.at(-1) : undefined
  return last !== undefined && endsInBlock(isMap(node) ? (last as Pair).value : last)
}
