/*
 * Copies the deployments of one team to another server, with changed parameters. What is created there is paused.
 *
 *   tsx examples/copy-team.ts SOURCE_URL DESTINATION_URL TAG
 */
import { applySnapshot, exportSnapshot, type Resource } from 'prefect-snapshot'

const [from = '', to = '', tag = ''] = process.argv.slice(2)
const snapshot = await exportSnapshot({ apiUrl: from, tag: [tag], kind: ['deployment'] }, { env: process.env })

const withBucket = (resource: Resource): Resource => {
  if (resource.kind !== 'deployment') return resource
  const parameters = { ...(resource.spec.parameters as object), bucket: 'prod-bucket' }
  return { ...resource, spec: { ...resource.spec, parameters } }
}
const copied = { ...snapshot, resources: snapshot.resources.map(withBucket) }
const { outcomes } = await applySnapshot({ apiUrl: to, snapshot: copied, activation: 'paused' }, { env: process.env })
for (const { change, status } of outcomes) console.log(`${status} ${change.ref}`)
