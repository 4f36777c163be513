/** Thrown for YAML that only the `yaml` package can read. */
export const unsupported = new Error('not supported by the fast reader')

const [newline, space, hash, dash] = [0x0a, 0x20, 0x23, 0x2d]

/** A position in a text that is read line by line. */
export class Lines {
  /** The current offset; after `toContent`, the first character of the line that was found. */
  at = 0
  /** Indentation of that line; -1 at the end of the text. */
  column = -1
  readonly text: string
  /** The maximum nesting depth. */
  readonly levels: number

  constructor(text: string, levels: number) {
    this.text = text
    this.levels = levels
  }

  /** Moves to the next line that is neither blank nor a comment, searching from the start of a line. */
  toContent(from: number): void {
    const { text } = this
    let start = from
    while (start < text.length) {
      const at = this.afterSpaces(start)
      if (!this.isEnd(at)) {
        this.at = at
        this.column = at - start
        return
      }
      start = this.lineEnd(at) + 1
    }
    this.at = text.length
    this.column = -1
  }

  /** Moves to the next content line after an offset. */
  toNext(at: number): void {
    this.toContent(this.lineEnd(at) + 1)
  }

  afterSpaces(from: number): number {
    let at = from
    while (this.text.charCodeAt(at) === space) at++
    return at
  }

  lineEnd(from: number): number {
    const end = this.text.indexOf('\n', from)
    return end < 0 ? this.text.length : end
  }

  /** Whether a line has no more content at an offset after spaces. */
  isEnd(at: number): boolean {
    const code = this.text.charCodeAt(at)
    return code === newline || code === hash || at >= this.text.length
  }

  /** Whether a sequence item begins here. */
  isItem(): boolean {
    if (this.text.charCodeAt(this.at) !== dash) return false
    const next = this.text.charCodeAt(this.at + 1)
    return next === space || next === newline || this.at + 1 >= this.text.length
  }

  /** Matches a sticky pattern here and moves past the match. Returns its text, or undefined. */
  match(pattern: RegExp): string | undefined {
    const start = this.at
    pattern.lastIndex = start
    if (!pattern.test(this.text)) return undefined
    this.at = pattern.lastIndex
    return this.text.slice(start, this.at)
  }
}
