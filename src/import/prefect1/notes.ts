import type { Pointer } from '../../json.ts'

/** What became of one construct of Prefect 1. */
export interface Construct {
  /** The class and the field, such as `KubernetesRun.image`. */
  readonly name: string
  readonly pointer: Pointer
  /** Why it is not carried over, or not exactly, and what to do; absent if it is carried over. */
  readonly told?: { readonly why: string; readonly fix: string }
  /** Whether a part of it is carried over although the rest is told. */
  readonly inPart?: true
}

/** A place in the text, and what is wrong there. */
export interface Fault {
  readonly pointer: Pointer
  readonly message: string
  readonly fix: string
}

/** Collects what became of the constructs of one file. */
export interface Notes {
  readonly constructs: readonly Construct[]
  readonly faults: readonly Fault[]
  carried(name: string, pointer: Pointer): void
  told(name: string, pointer: Pointer, why: string, fix: string, inPart?: 'in part'): void
  /** The value is not what Prefect 1 writes. Nothing of the file is used. */
  fault(pointer: Pointer, message: string, fix: string): void
}

/** Notes without entries. */
export function createNotes(): Notes {
  const constructs: Construct[] = []
  const faults: Fault[] = []
  return {
    constructs,
    faults,
    carried: (name, pointer) => constructs.push({ name, pointer }),
    told: (name, pointer, why, fix, inPart) =>
      constructs.push({ name, pointer, told: { why, fix }, ...(inPart ? { inPart: true } : {}) }),
    fault: (pointer, message, fix) => faults.push({ pointer, message, fix }),
  }
}
