import { describeRecorded } from './recorded.ts'

describeRecorded('default-result-storage')
