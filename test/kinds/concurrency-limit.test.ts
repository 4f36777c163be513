import { describeRecorded } from './recorded.ts'

describeRecorded('concurrency-limit')
