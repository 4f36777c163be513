/** Thrown where only the careful reader knows what to do. */
export const unsupported = new Error('left to the careful reader')

const [newline, space, hash, dash] = [0x0a, 0x20, 0x23, 0x2d]

/** A place in a text that is read line by line. */
export class Lines {
  /** Where the next part begins: after `toContent`, the first character of the line that was found. */
  at = 0
  /** How far that line is indented; -1 at the end. */
  column = -1
  readonly text: string
  /** Levels of nesting at most. */
  readonly levels: number

  constructor(text: string, levels: number) {
    this.text = text
    this.levels = levels
  }

  /** Goes to the next line that is neither blank nor a comment, from the start of a line on. */
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

  /** Goes to the line after that of a place. */
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

  /** Whether a line says nothing more at a place that is behind spaces. */
  isEnd(at: number): boolean {
    const code = this.text.charCodeAt(at)
    return code === newline || code === hash || at >= this.text.length
  }

  /** Whether an item of a list begins here. */
  isItem(): boolean {
    if (this.text.charCodeAt(this.at) !== dash) return false
    const next = this.text.charCodeAt(this.at + 1)
    return next === space || next === newline || this.at + 1 >= this.text.length
  }

  /** The text that a sticky pattern finds here, and goes behind it. */
  match(pattern: RegExp): string | undefined {
    const start = this.at
    pattern.lastIndex = start
    if (!pattern.test(this.text)) return undefined
    this.at = pattern.lastIndex
    return this.text.slice(start, this.at)
  }
}
