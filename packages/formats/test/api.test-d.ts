// What the types of the public API accept, refuse and promise. Compiled by the typecheck, never run.
import { createReadStream } from 'node:fs';
import type { IncomingConversation, Message } from '@tgstore/schema';
import type { ExactOptionals } from '@tgstore/testkit';
import { expectTypeOf } from 'vitest';
import {
  type BundleItem,
  type FormatError,
  type FormatErrorCode,
  locateExport,
  openExport,
  type ReadOptions,
  type ReadReport,
  type WriteBundleOptions,
  writeBundle,
} from '../src/index.ts';

declare const error: FormatError;
declare const code: FormatErrorCode;

export async function reading(): Promise<void> {
  expectTypeOf(locateExport('a')).toEqualTypeOf<Promise<string>>();
  const reader = await openExport(createReadStream('a'), {
    timeZone: undefined,
    signal: undefined,
  });
  for await (const conversation of reader.conversations()) {
    expectTypeOf(conversation).toEqualTypeOf<IncomingConversation>();
    for await (const message of conversation.messages)
      expectTypeOf(message).toEqualTypeOf<Message>();
    expectTypeOf(conversation.finish().metadata.conversation_id).toEqualTypeOf<string>();
  }
  expectTypeOf(reader.report).toEqualTypeOf<ReadReport>();
  // @ts-expect-error a path is not read: open it first
  await openExport('result.json');
  // @ts-expect-error a report is read only
  reader.report.skipped.count = 0;
}

export function writing(): readonly unknown[] {
  return [
    // @ts-expect-error the clock is the caller's
    writeBundle([], {}),
    // @ts-expect-error a conversation has a status
    writeBundle([{ id: '1', messages: [], metadata: { conversation_id: '1' } }], {
      exportedAt: '',
    }),
  ];
}

export function everyCode(): string {
  expectTypeOf(error.path).toEqualTypeOf<string | undefined>();
  switch (code) {
    case 'FORMAT_NOT_FOUND':
    case 'FORMAT_NO_RESULT_JSON':
    case 'FORMAT_HTML_EXPORT':
    case 'FORMAT_EMPTY':
    case 'FORMAT_NOT_JSON':
    case 'FORMAT_UNKNOWN':
    case 'FORMAT_TOO_NEW':
    case 'FORMAT_TRUNCATED':
    case 'FORMAT_INVALID_JSON':
    case 'FORMAT_NO_ID':
    case 'FORMAT_BAD_ID':
    case 'FORMAT_BAD_TIME_ZONE':
      return code;
    default:
      return code satisfies never;
  }
}

/** What is passed on may be `undefined`. */
export function optionals(): void {
  expectTypeOf<ExactOptionals<BundleItem>>().toBeNever();
  expectTypeOf<ExactOptionals<ReadOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<WriteBundleOptions>>().toBeNever();
}
