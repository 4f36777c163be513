import type { JsonObject } from '../json.ts'
import type { Api, Id, Reader, Resource } from '../model.ts'

/** A run that has not ended. */
export interface OpenRun {
  readonly id: Id
  readonly name: string
  /** The ID of the resource that it runs. */
  readonly of: Id
  /**
   * `waiting`: nobody has begun it. `in-flight`: a worker has it, or has it again after a retry. `suspended`: it waits until
   * somebody resumes it.
   */
  readonly state: 'waiting' | 'in-flight' | 'suspended'
  /** When it is to start, in milliseconds since 1970. */
  readonly at: number
  /** A schedule made it, so that the server deletes it when its resource is paused. */
  readonly auto: boolean
}

/** A run for a time at which no schedule made one. */
export interface ExtraRun {
  /** Milliseconds since 1970. */
  readonly at: number
  /** The server makes no second run with the same key. */
  readonly key: string
  readonly parameters: JsonObject
}

/** How the runs of resources are read and made while these move from one server to another. */
export interface RunControl {
  /** The runs that have not ended; of those that nobody has begun, only the ones that start before a time. */
  open(reader: Reader, ids: readonly Id[], before?: Date): Promise<readonly OpenRun[]>
  /** When the runs of the resources were to start, whatever has become of them, between two times. */
  starts(reader: Reader, ids: readonly Id[], from: Date, to: Date): Promise<readonly Pick<OpenRun, 'of' | 'at'>[]>
  /** Deletes the runs that schedules made for a paused resource: a scheduler may still add some after the pause. */
  clear(api: Api, id: Id, version: string): Promise<void>
  /** Makes a run for a time that was missed. */
  create(api: Api, id: Id, run: ExtraRun): Promise<void>
  /** The parameters of each of its schedules, in the order of `Kind.runSchedules`. */
  parameters(resource: Resource): readonly JsonObject[]
}
