export * from '../../../common/format.ts'
