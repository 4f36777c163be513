/* The types that stages exchange, in one place to import from. */
export type { AnswerCheck, Api, Reader, Reply } from './model/api.ts'
export type {
  Change,
  ChangedBy,
  FieldChange,
  NextRun,
  NextRunChange,
  NotCompared,
  Outcome,
  Plan,
  ThreeWay,
  Unsupported,
} from './model/change.ts'
export type { Event, EventOf } from './model/event.ts'
export type { Recheck, Recognized, SameName } from './model/recognized.ts'
export type {
  Id,
  Live,
  LiveResource,
  MissingSecret,
  Placeholder,
  Rename,
  Resource,
  Scope,
  SecretValues,
  Server,
  Snapshot,
  Tier,
} from './model/resource.ts'
export type { Ref } from './ref.ts'
