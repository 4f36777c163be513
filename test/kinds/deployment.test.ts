import { describeRecorded } from './recorded.ts'

describeRecorded('deployment', {
  'deployment/sync-b/own': ['/spec/concurrency_options/grace_period_seconds'],
})
