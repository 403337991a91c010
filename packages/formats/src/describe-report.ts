import type { ReadReport, ReadStop, RepairKind } from './report.ts';

/**
 * The report in sentences for people, one a line and without final period: first what was not read, then what was
 * repaired, then what to know. Empty where all went well.
 */
export function describeReport(report: ReadReport): string[] {
  return [
    ...stops(report),
    ...skipped(report),
    ...repairs(report),
    ...zone(report),
    ...sections(report),
  ];
}

function stops({ truncated, damaged }: ReadReport): string[] {
  const lines: string[] = [];
  if (truncated) {
    lines.push(
      `The input ends early, ${at(truncated)}: the export was interrupted or copied in part; what stands before is whole. Export again for the rest`,
    );
  }
  if (damaged) {
    lines.push(
      `The input is damaged ${at(damaged)}: ${damaged.reason}; what stands before is whole, what follows was not read. Export again for the rest`,
    );
  }
  return lines;
}

function at({ offset, place, conversation }: ReadStop): string {
  const whose = conversation === undefined ? '' : ` (${JSON.stringify(conversation)})`;
  return `at byte ${offset} in ${place}${whose}`;
}

function skipped({ skipped: { count, first } }: ReadReport): string[] {
  if (count === 0) return [];
  const lines = first.map(
    ({ place, offset, reason }) => `Skipped ${place} at byte ${offset}: ${reason}`,
  );
  if (count > first.length) lines.push(`Skipped ${count - first.length} more`);
  return lines;
}

function repairs({ repaired }: ReadReport): string[] {
  return (Object.keys(REPAIRS) as RepairKind[])
    .filter((kind) => repaired[kind] > 0)
    .map((kind) => `${messages(repaired[kind])} with ${REPAIRS[kind]}`);
}

function zone({ assumedTimeZone }: ReadReport): string[] {
  if (assumedTimeZone === undefined) return [];
  return [
    `The export has local times without a zone; they were read as ${assumedTimeZone}. Name the zone of the exporting computer, such as Europe/Berlin, for the right ones`,
  ];
}

function sections({ sections: names }: ReadReport): string[] {
  return names.length === 0 ? [] : [`Not conversations, so not read: ${names.join(', ')}`];
}

function messages(count: number): string {
  return count === 1 ? '1 message' : `${count} messages`;
}

const REPAIRS: Record<RepairKind, string> = {
  'control-escape': 'illegal escapes of control characters (\\xHH), repaired',
  'line-separator': 'stray bytes after a line separator, removed',
  'invalid-utf8': 'bytes that are not UTF-8, replaced by U+FFFD',
  'unquoted-document-id': 'a document_id without quotes, repaired',
  'duplicate-text': 'two texts, the first that says something kept',
  'missing-id': 'no usable id, given one made from its content',
  'wrong-type': 'values of an unexpected type, kept in raw_data',
};
