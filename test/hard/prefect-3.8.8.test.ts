import { describeMatrix } from './matrix.ts'

describeMatrix('3.8.8')
