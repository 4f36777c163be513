import { describeRecorded } from './recorded.ts'

describeRecorded('variable')
