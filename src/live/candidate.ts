import type { Resource } from '../model.ts'

/** An object of the server whose key is its name, which need not be unique. */
export interface Candidate {
  readonly id: string
  readonly resource: Resource
}

/** The wanted resource of each candidate. */
export interface Matches {
  readonly sure: Map<Candidate, Resource>
  /** Wanted resources without a unique match, while there are more candidates than resources. */
  readonly unsure: Resource[]
}
