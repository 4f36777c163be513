/** What `explain CODE` tells about an issue code, in sentences. */
export interface CodeExplanation {
  /** What the code says. */
  readonly meaning: string
  /** Why it usually happens. */
  readonly cause: string
  /** A situation in which it happens. */
  readonly example: string
  /** What to do. A message may know better. */
  readonly fix: string
}

/** Issue codes with their explanations. */
export type CodeTable = Readonly<Record<string, CodeExplanation>>
