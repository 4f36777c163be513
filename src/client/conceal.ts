import { listAt } from '../list-at.ts'

/** A text in a form in which quoting, spacing and the case of letters do not count, with the range of the original behind each character. */
interface Normalized {
  readonly text: string
  readonly starts: readonly number[]
  readonly ends: readonly number[]
}

/** The shortest part of a longer value that is concealed, in characters. */
const fragment = 6
/** What is shorter would conceal half of a message. */
const shortest = 4

const escapes =
  /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([abf]|[nrt]|[v0])|([\s\S]))|([\uD800-\uDBFF][\uDC00-\uDFFF]|[\s\S])/g
const ignored = /[\s\\'"`]/
const controls: Readonly<Record<string, string>> = {
  ...{ a: '\u0007', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', 0: '\0' },
}

/**
 * Replaces the values, and each part of them of six or more characters, by `(value)`, however they are quoted: as JSON,
 * as Python's `repr`, on one line, with other spaces, or with letters of another case. Words of prose that a value also has stay, unless they are the
 * whole value.
 */
export function conceal(text: string, values: readonly string[]): string {
  const covered = new Array<boolean>(text.length).fill(false)
  for (const decode of [true, false]) {
    const said = normalize(text, decode)
    const fragments = positions(said.text)
    for (const value of values) for (const range of rangesOf(text, said, fragments, value)) cover(covered, range)
  }
  let out = ''
  for (let at = 0; at < text.length; at++) {
    if (!covered[at]) out += text[at]
    else if (!covered[at - 1]) out += '(value)'
  }
  return out
}

type Range = readonly [start: number, end: number]

function cover(covered: boolean[], [start, end]: Range): void {
  covered.fill(true, start, end)
}

/** `decode` reads escape sequences; otherwise a backslash is ignored and what follows it counts. */
function normalize(text: string, decode: boolean): Normalized {
  const starts: number[] = []
  const ends: number[] = []
  let out = ''
  const add = (char: string, start: number, end: number) => {
    for (const unit of char.toLowerCase().split('')) {
      if (ignored.test(unit)) continue
      out += unit
      starts.push(start)
      ends.push(end)
    }
  }
  if (!decode) for (let at = 0; at < text.length; at++) add(text[at] ?? '', at, at + 1)
  else
    for (const match of text.matchAll(escapes)) {
      const [all, x, u, long, control, other = '', plain = ''] = match
      const code = x ?? u ?? long
      const char = control ? (controls[control] ?? '') : other + plain
      add(code === undefined ? char : charOf(code), match.index, match.index + all.length)
    }
  return { text: out, starts, ends }
}

function charOf(hex: string): string {
  const code = Number.parseInt(hex, 16)
  return code > 0x10ffff ? '' : String.fromCodePoint(code)
}

/** Where each fragment of a text begins. */
function positions(text: string): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>()
  for (let at = 0; at + fragment <= text.length; at++) {
    const part = text.slice(at, at + fragment)
    listAt(found, part).push(at)
  }
  return found
}

/** The ranges of a text that quote a value or a part of it. */
function rangesOf(
  text: string,
  said: Normalized,
  fragments: ReadonlyMap<string, readonly number[]>,
  value: string,
): Range[] {
  const normal = normalize(value, false).text
  if (normal.length < shortest) return []
  const range = (start: number, length: number): Range => [said.starts[start] ?? 0, said.ends[start + length - 1] ?? 0]
  const ranges: Range[] = []
  for (let at = said.text.indexOf(normal); at >= 0; at = said.text.indexOf(normal, at + 1))
    ranges.push(range(at, normal.length))
  const hits = new Set<number>()
  for (let at = 0; at + fragment <= normal.length; at++)
    for (const hit of fragments.get(normal.slice(at, at + fragment)) ?? []) hits.add(hit)
  for (const hit of hits) {
    if (hits.has(hit - 1)) continue
    let last = hit
    while (hits.has(last + 1)) last++
    const found = range(hit, last - hit + fragment)
    if (!isProse(text, found)) ranges.push(wholeWords(text, found))
  }
  return ranges
}

/** Whether a range is one or two words of a sentence. */
function isProse(text: string, [start, end]: Range): boolean {
  const bounded = !/\w/.test(text[start - 1] ?? '') && !/\w/.test(text[end] ?? '')
  return bounded && /^[A-Za-z]?[a-z]+(?: [a-z]+)?$/.test(text.slice(start, end))
}

function wholeWords(text: string, [start, end]: Range): Range {
  let [from, to] = [start, end]
  while (from > 0 && /\w/.test(text[from - 1] ?? '')) from--
  while (to < text.length && /\w/.test(text[to] ?? '')) to++
  return [from, to]
}
