import { describeRecorded } from './recorded.ts'

describeRecorded('automation', {
  'automation/run next': ['/spec/actions/0/schedule_after'],
})
