import { describeRecorded } from './recorded.ts'

describeRecorded('tag-concurrency-limit')
