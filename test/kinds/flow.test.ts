import { describeRecorded } from './recorded.ts'

describeRecorded('flow')
