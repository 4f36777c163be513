import type { CodeTable } from './code-table.ts'

/** Codes of references between resources, and of what a snapshot leaves to the destination. */
export const referenceCodes = {
  'dangling-ref': {
    meaning: 'A resource refers to one that is not in the snapshot.',
    cause: 'The other document was removed or renamed, its name has a typing error, or a selection left it out.',
    example: 'refs: {flow: flow/etl} in a deployment, and no document with kind: flow, key: etl.',
    fix: 'Correct the name, add the document, or list it under external: if the destination has it.',
  },
  'wrong-kind': {
    meaning: 'A ref field refers to a resource of a kind that it does not allow.',
    cause: 'The kind in the ref has a mistake.',
    example: 'refs: {work_queue: work-pool/k8s} instead of work-queue/k8s/default.',
    fix: 'Refer to a resource of one of the kinds in the message.',
  },
  'missing-ref': {
    meaning: 'A required ref field is missing.',
    cause: 'The document was written by hand, or its refs were removed by an overlay.',
    example: 'A deployment without refs: {flow: …}.',
    fix: 'Add the ref. `prefect-snapshot explain KIND` lists the required ones.',
  },
  'missing-name': {
    meaning:
      'A template names a block or variable that is not in the snapshot. Prefect looks it up when the flow runs.',
    cause: 'The block or variable is managed elsewhere, was left out, or its name has a typing error.',
    example: '{{ prefect.variables.region }} in job variables, and no variable/region.',
    fix: 'Add the document, list it under external:, or correct the name.',
  },
  'external-document': {
    meaning: 'A resource has a document although external: lists it. The document is not used.',
    cause: 'A glob under external: names more than it should, or the document was kept by mistake.',
    example: 'external: [work-pool/**], and a document for work-pool/k8s.',
    fix: 'Remove the document, or make the glob narrower.',
  },
  'unused-external': {
    meaning: 'A glob under external: matches nothing that the snapshot refers to.',
    cause: 'The glob has a typing error, or the last reference was removed.',
    example: 'external: [pool/k8s], while the kind is work-pool.',
    fix: 'Correct the glob or remove it.',
  },
  cycle: {
    meaning: 'Resources depend on each other in a cycle that cannot be broken by setting a field later.',
    cause: 'Two blocks name each other in fields that a create needs.',
    example: 'The block block/a/x refers to block/b/y, which refers to block/a/x.',
    fix: 'Remove one of the edges that the message lists.',
  },
  'checksum-differs': {
    meaning:
      'The recorded checksum of a block schema differs from the checksum of its fields. The recorded one identifies the schema.',
    cause: 'The fields were edited by hand, or another version of Prefect wrote the schema.',
    example: 'A field that was added to the document of a block-schema.',
    fix: 'Export the schema from a server instead of editing it.',
  },
  'missing-external': {
    meaning: 'A resource refers to an external one that the destination does not have.',
    cause: 'The resource has another name there, or was not created yet.',
    example: 'external: [work-pool/k8s], and a new server without work pools.',
    fix: 'Create it on the destination, rename it in an overlay, or take it into the snapshot.',
  },
  'ambiguous-name': {
    meaning: 'Several resources on the server have the same name as one in the snapshot and match it equally well.',
    cause: 'Names of automations need not be unique, and several were made with one name.',
    example: 'Two automations called notify on the server, both different from the one in the snapshot.',
    fix: 'Rename or delete all but one of them on the server.',
  },
  'orphaned-ref': {
    meaning: 'An object refers to a deleted one. The reference is omitted.',
    cause: 'The server keeps the reference after the delete.',
    example: 'A deployment whose storage block was deleted.',
    fix: 'Nothing, or set the reference on the server to an existing object.',
  },
  'unresolved-id': {
    meaning: 'A field that refers to an object by ID has an ID that belongs to no object that was read.',
    cause: 'The object was deleted, is of a kind that snapshots do not contain, or is on another server.',
    example: 'The deployment_id in an action of an automation, after the deployment was deleted.',
    fix: 'Correct it at the source, or pass --allow-unresolved to write the ID unchanged.',
  },
} as const satisfies CodeTable
