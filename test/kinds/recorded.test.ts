import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/all.ts'
import { described, describeRecorded, onNewest, onOld } from './recorded.ts'

/*
 * Every kind on what real servers gave (scripts/record-raws.ts), in one file, since all of it is read to name anything.
 * What is beside a kind is in what its resources differ between the two versions.
 */

describeRecorded('variable')

describeRecorded('concurrency-limit')

describeRecorded('tag-concurrency-limit')

describeRecorded('block-type', {
  // Types that the two versions register with other texts and pictures; they are not rewritten.
  'block-type/local-file-system': ['/spec/logo_url', '/spec/documentation_url'],
  'block-type/secret': ['/spec/logo_url', '/spec/documentation_url'],
  'block-type/slack-webhook': ['/spec/description', '/spec/logo_url', '/spec/documentation_url'],
  'block-type/webhook': ['/spec/logo_url', '/spec/documentation_url'],
})

describeRecorded('block-schema', {
  // From 3.6.24 on the client gives every property a position, and with it every schema another checksum.
  'block-schema/local-file-system/0fc8b7f9': [onNewest],
  'block-schema/local-file-system/80dd31d7': [onOld],
  'block-schema/secret/c078ed9c': [onNewest],
  'block-schema/secret/f290d6be': [onOld],
  'block-schema/slack-webhook/415bae7e': [onNewest],
  'block-schema/slack-webhook/4c5f58a0': [onOld],
  'block-schema/warehouse-login/0de83bd0': [onNewest],
  'block-schema/warehouse-login/1fca467d': [onOld],
  'block-schema/warehouse/4e79f461': [onNewest],
  'block-schema/warehouse/984548ec': [onOld],
  'block-schema/webhook/58bb03f0': [onNewest],
  'block-schema/webhook/61e9dbea': [onOld],
})

describeRecorded('block', {
  // Another schema of the same type (block-schema.test.ts).
  'block/local-file-system/(deployment%2Flegacy%2Fanonymous%2Fstorage_document_id)': ['/refs/schema'],
  'block/local-file-system/results': ['/refs/schema'],
  'block/secret/api-token': ['/refs/schema'],
  'block/secret/db-login': ['/refs/schema'],
  'block/slack-webhook/alerts': ['/refs/schema'],
  'block/warehouse-login/loader': ['/refs/schema'],
  'block/warehouse/inlined': ['/refs/schema'],
  'block/warehouse/linked': ['/refs/schema'],
  'block/webhook/ticket': ['/refs/schema'],
})

describeRecorded('work-pool', {
  // The templates that the two versions bring for their workers.
  'work-pool/gpu#1': [
    '/spec/base_job_template/job_configuration/container_wait_timeout',
    '/spec/base_job_template/variables/properties/image_pull_policy/enum',
    '/spec/base_job_template/variables/properties/container_wait_timeout',
  ],
  'work-pool/k8s': [
    '/spec/base_job_template/job_configuration/job_manifest/spec/template/spec/containers/0/resources',
    '/spec/base_job_template/variables/properties/cpu_limit',
    '/spec/base_job_template/variables/properties/cpu_request',
    '/spec/base_job_template/variables/properties/memory_limit',
    '/spec/base_job_template/variables/properties/memory_request',
  ],
})

describeRecorded('work-queue')

describeRecorded('flow')

describeRecorded('deployment', {
  'deployment/sync-b/own': ['/spec/concurrency_options/grace_period_seconds'],
})

describeRecorded('automation', {
  'automation/run next': ['/spec/actions/0/schedule_after'],
})

describeRecorded('saved-search')

describeRecorded('default-result-storage')

test('every kind of a server has recorded objects', () => {
  const ofServers = kinds.filter(({ only }) => only !== 'cloud')
  expect([...described].sort()).toEqual(ofServers.map(({ name }) => name).sort())
})
