import type { Issue } from '../issue.ts'
import type { Id, Ref, Resource } from '../model.ts'

/** What a writer makes files of. */
export interface Material {
  /** In snapshot order. Every secret names an environment variable. */
  readonly resources: readonly Resource[]
  /** Whether every server has a resource by itself. */
  isBuiltin(resource: Resource): boolean
  /** The ID of a resource on the server that was read; absent if the resources come from a file. */
  idOf?(ref: Ref): Id | undefined
}

/** Files of another format, and what they lack. */
export interface WrittenFiles {
  /** By name; each is a file in one folder. */
  readonly files: Readonly<Record<string, string>>
  /** The resources that are in the files. */
  readonly held: readonly Resource[]
  /** What the format cannot hold. An error is about a resource that is missing as a whole. */
  readonly issues: readonly Issue[]
}

/** Writes a format of another tool. A new one is one file and one line in `all.ts`. */
export interface Writer {
  /** Pure, and the same for the same resources. */
  write(material: Material): WrittenFiles
}
