import { describeRecorded } from './recorded.ts'

describeRecorded('work-queue')
