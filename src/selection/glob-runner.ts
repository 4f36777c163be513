/** An operation of a compiled glob: one character to match, or where to continue. */
export type Operation =
  | { readonly type: 'character'; readonly code: number }
  /** Any character but `/`. */
  | { readonly type: 'in-part' }
  | { readonly type: 'any' }
  /** Continues at several operations. Targets are added while the glob is compiled. */
  | { readonly type: 'fork'; readonly to: number[] }
  | { readonly type: 'end' }

/** The operations that may match the next character, after some text. */
interface State {
  readonly at: readonly number[]
  readonly accepts: boolean
  readonly next: Map<number, State>
}

const slash = 0x2f

/** The number of states that are remembered. */
const maxStates = 1000

/**
 * Returns whether a text matches the operations. Follows all possibilities at once, and remembers where each character
 * led, since the names that are matched are similar.
 */
export function runner(operations: readonly Operation[]): (text: string) => boolean {
  const known = new Map<string, State>()
  const stateOf = (found: ReadonlySet<number>): State => {
    const at = [...found].sort((a, b) => a - b)
    const name = at.join(' ')
    const before = known.get(name)
    if (before) return before
    if (known.size >= maxStates) {
      for (const state of known.values()) state.next.clear()
      known.clear()
    }
    const state = { at, accepts: found.has(operations.length - 1), next: new Map<number, State>() }
    known.set(name, state)
    return state
  }
  const start = stateOf(withForks([0], operations))
  return (text) => {
    let state = start
    for (let at = 0; at < text.length; ) {
      const code = text.codePointAt(at) ?? 0
      at += code > 0xffff ? 2 : 1
      let next = state.next.get(code)
      if (next === undefined) {
        next = stateOf(after(state, code, operations))
        state.next.set(code, next)
      }
      if (next.at.length === 0) return false
      state = next
    }
    return state.accepts
  }
}

function after({ at }: State, code: number, operations: readonly Operation[]): ReadonlySet<number> {
  const next = at.flatMap((index) => (accepts(operations[index], code) ? [index + 1] : []))
  return withForks(next, operations)
}

function accepts(operation: Operation | undefined, code: number): boolean {
  if (operation?.type === 'character') return operation.code === code
  return operation?.type === 'any' || (operation?.type === 'in-part' && code !== slash)
}

/** The operations that match a character, or the end, which can be reached without matching any. */
function withForks(from: readonly number[], operations: readonly Operation[]): ReadonlySet<number> {
  const found = new Set<number>()
  const seen = new Set<number>()
  const pending = [...from]
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    if (seen.has(index)) continue
    seen.add(index)
    const operation = operations[index]
    if (operation?.type === 'fork') for (const target of operation.to) pending.push(target)
    else found.add(index)
  }
  return found
}
