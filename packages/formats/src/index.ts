export type { BundleItem, WriteBundleOptions } from './bundle/write.ts';
export { BUNDLE_FORMAT, BUNDLE_VERSION, writeBundle } from './bundle/write.ts';
export { describeReport } from './describe-report.ts';
export type { FormatErrorCode } from './errors.ts';
export { FormatError } from './errors.ts';
export { locateExport } from './locate-export.ts';
export type { ExportReader, ReadOptions } from './open-export.ts';
export { openExport } from './open-export.ts';
export type { ReadReport, ReadStop, RepairKind, SkippedItem } from './report.ts';
