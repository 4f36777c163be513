import { describeRecorded } from './recorded.ts'

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
