/**
 * Streaming readers and writers for Telegram exports: `result.json` of Telegram Desktop in, bundles in and out.
 *
 * @example
 * ```ts
 * import { createReadStream } from 'node:fs';
 * import { describeReport, locateExport, openExport } from '@tgstore/formats';
 *
 * const reader = await openExport(createReadStream(await locateExport('ChatExport_2024-05-01')));
 * for await (const { messages, finish } of reader.conversations()) {
 *   for await (const { date, sender_name, text } of messages)
 *     console.log(date, sender_name, JSON.stringify(text));
 *   console.log(finish().metadata.conversation_id);
 * }
 * console.log(describeReport(reader.report));
 * ```
 *
 * @packageDocumentation
 */

export type { BundleItem, WriteBundleOptions } from './bundle/write.ts';
export { BUNDLE_FORMAT, BUNDLE_VERSION, writeBundle } from './bundle/write.ts';
export { describeReport } from './describe-report.ts';
export type { FormatErrorCode } from './errors.ts';
export { FormatError } from './errors.ts';
export { locateExport } from './locate-export.ts';
export type { ExportReader, ReadOptions } from './open-export.ts';
export { openExport } from './open-export.ts';
export type { ReadReport, ReadStop, RepairKind, SkippedItem } from './report.ts';
