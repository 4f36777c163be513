import { describeMatrix } from './matrix.ts'

describeMatrix('3.4.14')
