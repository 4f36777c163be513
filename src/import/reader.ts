import type { Issue, Place } from '../issue.ts'
import type { JsonObject, Pointer } from '../json.ts'
import type { Ref } from '../ref.ts'
import type { ListedFlow } from './prefect1/checklist.ts'

/** The place in the imported file that a value of a document comes from. */
export type Origin = (pointer: Pointer, onKey?: boolean) => Place

/** A document of a snapshot, made from a file of another format. */
export interface ImportedDocument {
  readonly document: JsonObject
  readonly origin: Origin
}

/** What a file of another format says, as documents of a snapshot. */
export interface Imported {
  readonly documents: readonly ImportedDocument[]
  /** Globs over refs: what the file names and the destination has to have. */
  readonly external: readonly string[]
  /** With an error among them, the documents are not used. */
  readonly issues: readonly Issue[]
  /** Flows whose code a person has to rewrite, for a checklist. */
  readonly flows?: readonly ListedFlow[]
}

/** What is known of a flow from its code. */
export interface FlowFacts {
  readonly name?: string
  readonly description?: string | null
  readonly version?: string | null
  readonly schema?: JsonObject
}

/** What an interpreter says about a flow: facts, or why it has none. */
export type FlowAnswer =
  | (FlowFacts & {
      /** Why the code cannot be imported. The facts are then those of its source without what is missing, as Prefect reads it. */
      readonly missing?: string
      readonly fault?: undefined
    })
  | { readonly fault: string }

/** A file of another format, and what its reader may look at. */
export interface ImportInput {
  /** For display. */
  readonly file: string
  readonly text: string
  /** The directory that the file is in, as an absolute path; absent for standard input and git revisions. */
  readonly folder?: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Outputs of steps that are not run, by their names in templates, such as `build-image.tag`. */
  readonly outputs?: Readonly<Record<string, string>>
  /** The time from which schedules begin. Default: now. */
  readonly now?: Date
  /** Names of work pools, by type or label (`label:gpu`), for formats that have none. */
  readonly pools?: Readonly<Record<string, string>>
  /** The resources that IDs in the file name, by ID in lower case. */
  readonly names?: Readonly<Record<string, Ref>>
  /** The text of a file, relative to the file's directory; undefined if there is none or it cannot be read. */
  readonly readBeside: (path: string) => string | undefined
  /** What an interpreter said about an entrypoint; undefined if none was asked. */
  readonly flowFacts?: (entrypoint: string) => FlowAnswer | undefined
}

/** Reads one format: a file in `import/`, and a line in its table. */
export interface ImportReader {
  /** Also the prefix of a path, as in `prefect-yaml:PATH`. */
  readonly name: string
  /** What it reads, in a few words. */
  readonly summary: string
  /** Whether the text is of this format, by its name and its beginning. Must not throw. */
  readonly recognizes: (file: string, text: string) => boolean
  readonly read: (input: ImportInput) => Imported
}
