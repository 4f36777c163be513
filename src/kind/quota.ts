import type { Reader, Resource } from '../model.ts'

/** A number of resources that the tier of a Prefect Cloud account limits in each workspace. */
export interface Quota {
  /** The field of the account with the limit, as the API names it. */
  readonly limit: string
  /** What is limited, in the plural, such as `deployments`. */
  readonly what: string
  /** Whether a resource counts; by default, all of the kind do. */
  counts?(resource: Resource): boolean
  /** The limit of the smallest tier (Hobby) according to Prefect's documentation, for accounts that do not tell theirs. */
  readonly smallest?: number
  /** The number of those that a workspace has. */
  used(reader: Reader): Promise<number>
}
