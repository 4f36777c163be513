import { type Operation, runner } from './glob-runner.ts'

/*
 * Globs come from command lines, policy files, overlays and the headers of snapshots, and are matched with names that
 * others choose. Matchers that compile a glob to a regular expression backtrack: `*a*a*a*a*ab` takes them years. This
 * one follows all possibilities at once, so its time is bounded by the lengths of the glob and of the text, multiplied
 * (docs/decisions/0086-patterns-that-end.md).
 */

/** A `{` with a matching `}` and at least one comma in between. */
interface Braces {
  readonly close: number
  readonly commas: ReadonlySet<number>
}

/** Alternatives in braces that are being compiled. */
interface OpenBraces extends Braces {
  readonly fork: number[]
  /** The forks at the end of each alternative, which continue after the braces. */
  readonly ends: number[][]
  /** Whether the braces are at the start of a part. */
  readonly startsPart: boolean
}

const slash = 0x2f

/**
 * Compiles a glob: `*` matches within one part of a path, and as a whole part at least one character; `**` as a whole
 * part matches any number of parts; `?` is one character, `{a,b}` alternatives. Everything else, such as dots, brackets,
 * backslashes and line ends, matches itself.
 */
export function compileGlob(glob: string): (text: string) => boolean {
  return runner(compile(glob))
}

function compile(glob: string): Operation[] {
  const braces = findBraces(glob)
  const out: Operation[] = []
  const open: OpenBraces[] = []
  const fork = (...to: number[]) => {
    out.push({ type: 'fork', to })
    return to
  }
  let startsPart = true
  for (let at = 0; at < glob.length; ) {
    const group = braces.get(at)
    const inner = open.at(-1)
    if (group) {
      const to = fork()
      to.push(out.length)
      open.push({ ...group, fork: to, ends: [], startsPart })
      at++
    } else if (inner && (inner.commas.has(at) || inner.close === at)) {
      inner.ends.push(fork())
      if (inner.close === at) {
        for (const end of inner.ends) end.push(out.length)
        open.pop()
      } else inner.fork.push(out.length)
      startsPart = inner.close !== at && inner.startsPart
      at++
    } else if (glob[at] === '*') {
      at = compileStars(glob, at, { out, fork, startsPart, endsPart: (end) => isPartEnd(glob, end, open) })
      startsPart = glob[at - 1] === '/'
    } else {
      const code = glob.codePointAt(at) ?? 0
      out.push(glob[at] === '?' ? { type: 'in-part' } : { type: 'character', code })
      startsPart = code === slash
      at += code > 0xffff ? 2 : 1
    }
  }
  out.push({ type: 'end' })
  return out
}

interface StarContext {
  readonly out: Operation[]
  readonly fork: (...to: number[]) => number[]
  readonly startsPart: boolean
  readonly endsPart: (end: number) => boolean
}

/** Compiles a run of `*`, with the `/` after `**`. Returns the offset after it. */
function compileStars(glob: string, start: number, { out, fork, startsPart, endsPart }: StarContext): number {
  let end = start
  while (glob[end] === '*') end++
  const isPart = startsPart && endsPart(end)
  if (!isPart || end - start !== 2) {
    if (isPart) out.push({ type: 'in-part' })
    repeat('in-part', out, fork)
    return end
  }
  // `**/**` is `**`.
  while (/^\/\*\*(?:\/|$)/.test(glob.slice(end, end + 4))) end += 3
  if (glob[end] === '/') {
    const skip = fork(out.length + 1)
    const again = out.length
    repeat('in-part', out, fork)
    out.push({ type: 'character', code: slash })
    fork(again, out.length + 1)
    skip.push(out.length)
    return end + 1
  }
  // `a/**` also matches `a`; after a `*`, there must be a `/`.
  if (glob[start - 1] === '/' && start > 1 && glob[start - 2] !== '*') {
    out.pop()
    const skip = fork(out.length + 1)
    out.push({ type: 'character', code: slash })
    repeat('any', out, fork)
    skip.push(out.length)
  } else repeat('any', out, fork)
  return end
}

/** Any number of characters. */
function repeat(type: 'in-part' | 'any', out: Operation[], fork: StarContext['fork']): void {
  const start = out.length
  const next = fork(start + 1)
  out.push({ type })
  fork(start)
  next.push(out.length)
}

/** Whether a part ends at an offset, at the end of braces too. */
function isPartEnd(glob: string, offset: number, open: readonly OpenBraces[]): boolean {
  let at = offset
  for (let depth = open.length - 1; depth >= 0; depth--) {
    const group = open[depth]
    if (!group || (at !== group.close && !group.commas.has(at))) break
    at = group.close + 1
  }
  return at >= glob.length || glob[at] === '/'
}

function findBraces(glob: string): ReadonlyMap<number, Braces> {
  const found = new Map<number, Braces>()
  const open: { readonly start: number; readonly commas: Set<number> }[] = []
  for (let at = 0; at < glob.length; at++) {
    if (glob[at] === '{') open.push({ start: at, commas: new Set() })
    else if (glob[at] === ',') open.at(-1)?.commas.add(at)
    else if (glob[at] === '}') {
      const group = open.pop()
      if (group && group.commas.size > 0) found.set(group.start, { close: at, commas: group.commas })
    }
  }
  return found
}
