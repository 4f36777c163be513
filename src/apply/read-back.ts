import type { Kind } from '../kind.ts'
import type { FieldChange, Live, Outcome, Ref, Resource, SecretValues } from '../model.ts'
import { refOf } from '../ref.ts'
import { differences } from '../spec/differences.ts'
import { withKnownSecrets } from '../spec/spec-secrets.ts'

/** The resources that an apply wrote, in their expected state. */
export function written(outcomes: readonly Outcome[]): Resource[] {
  const cyclic = new Set(
    outcomes.filter(({ change }) => change.action === 'patch-cycle').map(({ change }) => change.ref),
  )
  return outcomes.flatMap((outcome) => {
    const { status, change } = outcome
    if (status !== 'done' || outcome.already || change.action === 'delete') return []
    // A create that leaves fields to its `patch-cycle` is not complete.
    return change.action === 'create' && cyclic.has(change.ref) ? [] : [change.after]
  })
}

/** Compares the written resources with the server. The outcome of a change that did not take effect becomes `not-converged`. */
export function compareBack(
  outcomes: readonly Outcome[],
  now: Live,
  kinds: readonly Kind[],
  secretValues: Pick<SecretValues, 'secretFor'>,
): Outcome[] {
  const isDeleting = outcomes.some(({ status, change }) => status === 'done' && change.action === 'delete')
  // A server drops the references to what a delete of the same apply deleted, with its children.
  const isGone = ({ pointer, before, after }: FieldChange) =>
    isDeleting && pointer.startsWith('/refs/') && before === undefined && !now.resources.has(after as Ref)
  const expected = new Map(written(outcomes).map((resource) => [refOf(resource), resource]))
  return outcomes.map((outcome) => {
    const { change } = outcome
    const after = expected.get(change.ref)
    const kind = kinds.find(({ name }) => after?.kind === name)
    if (outcome.status !== 'done' || !after || !kind || kind.immutable?.(after) || change.action === 'delete')
      return outcome
    const live = now.resources.get(change.ref)
    const fields = live
      ? differences(kind, live, withKnownSecrets(kind, after, secretValues)).filter((field) => !isGone(field))
      : [{ pointer: '', after: 'written' }]
    return fields.length === 0 ? outcome : { change, ms: outcome.ms, status: 'not-converged', fields }
  })
}
